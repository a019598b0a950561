/** What can be done about a generation without a clip, on its card and where it is opened. */
import type { Failure, FailureAction, Generation } from '../backend';
import type { Studio } from '../state/studio.svelte';
import { sentence, t } from '../catalogue';

export interface Action {
  label: string;
  run: () => unknown;
  /** It may cost a second time, so it is asked about first. */
  mayPayTwice?: boolean;
}

/** What is said of a generation that failed, or of which nobody knows what became. */
export interface FailureSummary {
  title: string | null;
  message: string;
  /** Whether credits were taken; null where nobody here can know. */
  charged: string | null;
  actions: Action[];
}

const LABELS: Record<FailureAction, () => string> = {
  fixSettings: () => t('gallery-fix-settings'),
  tryAgain: () => t('gallery-try-again'),
  downloadAgain: () => t('gallery-download-again'),
  addCredits: () => t('gallery-add-credits'),
  replaceKey: () => t('gallery-replace-key'),
};

async function perform(
  studio: Studio,
  generation: Generation,
  failure: Failure,
  action: FailureAction,
) {
  const { backend, composer } = studio;
  switch (action) {
    case 'fixSettings':
      composer.reuse(
        generation.settings,
        failure.field ? { field: failure.field, message: failure.message } : null,
      );
      return;
    case 'tryAgain':
      await studio.attempt(async () => studio.began(await backend.retry(generation.id)));
      return;
    case 'downloadAgain':
      await studio.attempt(async () => studio.changed(await backend.resume(generation.id)));
      return;
    case 'addCredits':
      await studio.attempt(() => backend.openLink('addCredits'));
      return;
    case 'replaceKey':
      studio.openSettings('key');
  }
}

/** Null for a generation that has its clip, or is under way. */
export function failureSummary(studio: Studio, generation: Generation): FailureSummary | null {
  const { phase } = generation;
  if (phase.state === 'failed') {
    const { failure } = phase;
    const charged = { true: t('gallery-charged'), false: t('gallery-not-charged') };
    return {
      title: null,
      message: sentence(failure.message),
      charged: failure.charged === null ? null : charged[`${failure.charged}`],
      actions: failure.mends.map((action) => ({
        label: LABELS[action](),
        run: () => perform(studio, generation, failure, action),
      })),
    };
  }
  if (phase.state === 'uncertain') {
    return {
      title: t('gallery-uncertain'),
      message: sentence(phase.message),
      charged: null,
      actions: [
        { label: t('gallery-check'), run: () => studio.check(generation.id) },
        {
          label: t('gallery-submit-again'),
          mayPayTwice: true,
          run: () =>
            studio.attempt(async () =>
              studio.began(await studio.backend.submitAgain(generation.id)),
            ),
        },
      ],
    };
  }
  return null;
}

/** What can be done about a generation that is under way. */
export function runningActions(studio: Studio, { id, canCancel, waiting }: Generation): Action[] {
  const { backend } = studio;
  const actions: Action[] = [];
  if (canCancel) {
    actions.push({
      label: t('gallery-cancel'),
      run: () => studio.attempt(async () => studio.changed(await backend.cancel(id))),
    });
  }
  if (waiting?.code === 'pauseUntil') {
    actions.push({
      label: t('gallery-ask-now'),
      run: () =>
        studio.attempt(async () => {
          await backend.askNow();
          studio.announcer.tell(t('gallery-asked-now'));
        }),
    });
  }
  return actions;
}
