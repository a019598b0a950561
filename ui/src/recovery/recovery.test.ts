import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Generation, RemoteJob } from '../backend';
import { open } from '../testing/open';
import {
  ACCOUNT,
  clip,
  generation,
  IN_SANDBOX,
  page,
  problem,
  SETTINGS,
  said,
} from '../testing/stub';

const job = (id: string, over: Partial<RemoteJob> = {}): RemoteJob => ({
  id,
  model: 'kling-3.0',
  prompt: `Prompt of ${id}`,
  created: Date.now() - 60_000,
  credits: 25,
  standing: 'finished',
  ...over,
});

const dialog = () => within(screen.getByRole('dialog', { name: 'Import from Apiframe' }));

type View = Awaited<ReturnType<typeof open>>;

/** The dialog, opened as a user opens it, on an account with these jobs. */
async function opened(jobs: RemoteJob[], prepare: (view: View) => void = () => undefined) {
  const view = await open();
  view.backend.remoteJobs.mockResolvedValue({ jobs, next: null });
  prepare(view);
  await view.user.click(screen.getByRole('button', { name: /Import from Apiframe/ }));
  return view;
}

describe('Import from Apiframe', () => {
  it('opens from the empty gallery and from the settings', async () => {
    const { user } = await opened([]);
    await dialog().findByText('Everything in your account is already in your library.');
    await user.click(dialog().getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Settings' }));
    await user.click(screen.getByRole('button', { name: 'Import from Apiframe…' }));
    await dialog().findByText(/is already in your library/);
  });

  it('shows of each job what is known, and that an expired one cannot come', async () => {
    await opened([
      job('new', { standing: 'running', model: 'kling-3.0-omni', credits: null }),
      job('old', { model: 'veo-3.1' }),
      job('gone', { standing: 'expired' }),
    ]);
    const [running, old, gone] = await dialog().findAllByRole('listitem');
    expect(running).toHaveTextContent(/Prompt of new.*Kling 3\.0 Omni.*Today.*Rendering/);
    expect(running).not.toHaveTextContent('credits');
    expect(old).toHaveTextContent(/Prompt of old.*veo-3\.1.*Finished.*25 credits/);
    expect(gone).toHaveTextContent(/Deleted by Apiframe.*Can’t be imported/);
    expect(within(gone as HTMLElement).queryByRole('button')).toBeNull();
  });

  it('imports one and says so', async () => {
    const { backend, user } = await opened([job('a'), job('b')]);
    await user.click(await dialog().findByRole('button', { name: 'Import: Prompt of b' }));
    expect(backend.importJob).toHaveBeenCalledExactlyOnceWith('b');
    await dialog().findByText('Imported');
    expect(dialog().queryByRole('button', { name: 'Import: Prompt of b' })).toBeNull();
    expect(dialog().getByRole('button', { name: 'Import: Prompt of a' })).toBeEnabled();
  });

  it('says at the job why it could not come, and lets one try again', async () => {
    const { backend, user } = await opened([job('a')], ({ backend }) => {
      backend.importJob.mockRejectedValueOnce(problem(said('Apiframe could not be reached.')));
    });
    const button = await dialog().findByRole('button', { name: 'Import: Prompt of a' });
    await user.click(button);
    await dialog().findByText('Apiframe could not be reached.');
    await user.click(button);
    await dialog().findByText('Imported');
    expect(dialog().queryByText('Apiframe could not be reached.')).toBeNull();
    expect(backend.importJob).toHaveBeenCalledTimes(2);
  });

  it('asks for the prompts that the list leaves out, those that can come first', async () => {
    const { backend } = await opened(
      [job('gone', { prompt: null, standing: 'expired' }), job('a', { prompt: null })],
      ({ backend }) => {
        backend.remoteJob.mockImplementation(async (id) => job(id, { prompt: `Told of ${id}` }));
      },
    );
    await dialog().findByText('Told of a');
    await dialog().findByText('Told of gone');
    expect(backend.remoteJob.mock.calls).toEqual([['a'], ['gone']]);
  });

  it('does not go on asking for prompts once that fails', async () => {
    const { backend } = await opened(
      [job('a', { prompt: null }), job('b', { prompt: null })],
      ({ backend }) => {
        backend.remoteJob.mockRejectedValue(problem(said('Apiframe asks for a pause.')));
      },
    );
    await waitFor(() => expect(dialog().getAllByText('Prompt unknown')).toHaveLength(2));
    expect(backend.remoteJob).toHaveBeenCalledTimes(1);
    expect(dialog().getByRole('button', { name: 'Import: a' })).toBeEnabled();
  });

  it('shows older jobs page by page', async () => {
    const { backend, user } = await opened([], ({ backend }) => {
      backend.remoteJobs
        .mockReset()
        .mockResolvedValueOnce({ jobs: [job('a')], next: 'older' })
        .mockResolvedValueOnce({ jobs: [job('a'), job('b')], next: null });
    });
    await user.click(await dialog().findByRole('button', { name: 'Show older jobs' }));
    await dialog().findByText('Prompt of b');
    expect(dialog().getAllByText('Prompt of a')).toHaveLength(1);
    expect(backend.remoteJobs).toHaveBeenLastCalledWith('older');
    expect(dialog().queryByRole('button', { name: 'Show older jobs' })).toBeNull();
  });

  it('goes on past a page of which all is in the library', async () => {
    await opened([], ({ backend }) => {
      backend.remoteJobs
        .mockReset()
        .mockResolvedValueOnce({ jobs: [], next: 'older' })
        .mockResolvedValueOnce({ jobs: [job('b')], next: null });
    });
    await dialog().findByText('Prompt of b');
  });

  it('imports all and says what came of it', async () => {
    const { backend, user } = await opened([job('a'), job('b')], ({ backend }) => {
      backend.importAll.mockImplementation(async () => {
        backend.remoteJobs.mockResolvedValue({ jobs: [], next: null });
        return { imported: 2, expired: 1, trouble: null };
      });
    });
    await dialog().findByText('Prompt of a');
    await user.click(dialog().getByRole('button', { name: 'Import all' }));
    await dialog().findByText('Imported 2 jobs. Their clips are on their way.');
    expect(backend.importAll).toHaveBeenCalledTimes(1);
    expect(dialog().queryByText('Prompt of a')).toBeNull();
  });

  it('says how far it came when it broke off', async () => {
    const { user } = await opened([job('a'), job('b')], ({ backend }) => {
      backend.importAll.mockResolvedValue({
        imported: 1,
        expired: 0,
        trouble: { code: 'importPause', seconds: 90 },
      });
    });
    await dialog().findByText('Prompt of a');
    await user.click(dialog().getByRole('button', { name: 'Import all' }));
    await dialog().findByText(/^Imported 1 job\. Its clip is on its way\. .* pause of 90 s/);
  });

  it('has nothing to import where all expired, and says so instead of a dead button', async () => {
    await opened([job('gone', { standing: 'expired' })]);
    await dialog().findByText('Nothing here can be imported.');
    expect(dialog().getByRole('button', { name: 'Import all' })).toBeDisabled();
  });

  it('tells in words when the account cannot be asked, and tries again', async () => {
    const { user } = await opened([job('a')], ({ backend }) => {
      backend.remoteJobs.mockRejectedValueOnce(
        problem(said('Apiframe could not be reached. Check the connection, then try again.')),
      );
    });
    await dialog().findByText(/could not be reached/);
    await user.click(dialog().getByRole('button', { name: 'Try again' }));
    await dialog().findByText('Prompt of a');
    expect(dialog().queryByText(/could not be reached/)).toBeNull();
  });

  it('in the sandbox speaks of the sandbox', async () => {
    const { user } = await open({ session: IN_SANDBOX, profile: 'sandbox' });
    await user.click(screen.getByRole('button', { name: /Import from Apiframe/ }));
    await dialog().findByText('Everything in the sandbox is already in your library.');
  });
});

describe('a job by its id', () => {
  it('is imported and named', async () => {
    const { backend, user } = await opened([]);
    await user.type(dialog().getByRole('textbox', { name: 'Job ID' }), ' abc {Enter}');
    expect(backend.importJob).toHaveBeenCalledWith(' abc ');
    await dialog().findByText('Imported: A lighthouse at dusk');
    expect(dialog().getByRole('textbox', { name: 'Job ID' })).toHaveValue('');
  });

  it('that is here already is said to be', async () => {
    const { user } = await opened([], ({ backend }) => {
      backend.importJob.mockResolvedValue({
        generation: generation('g', { state: 'ready', clip: clip() }),
        wasHere: true,
      });
    });
    await user.type(dialog().getByRole('textbox', { name: 'Job ID' }), 'abc{Enter}');
    await dialog().findByText('Already in your library: A lighthouse at dusk');
  });

  it('that is none is told in words at the field', async () => {
    const { user } = await opened([], ({ backend }) => {
      backend.importJob.mockRejectedValue(problem(said('That is not the id of a job.')));
    });
    const field = dialog().getByRole('textbox', { name: 'Job ID' });
    await user.click(dialog().getByRole('button', { name: 'Import by job ID' }));
    await dialog().findByText('That is not the id of a job.');
    expect(field).toHaveAccessibleDescription('That is not the id of a job.');
    expect(field).toHaveFocus();
    await user.type(field, 'x');
    expect(dialog().queryByText('That is not the id of a job.')).toBeNull();
  });
});

const brought = (over: Partial<Generation> = {}) =>
  generation(
    'in',
    { state: 'ready', clip: clip() },
    {
      settings: { ...SETTINGS, prompt: '' },
      imported: {
        model: 'veo-3.1',
        unknown: ['model', 'prompt', 'quality', 'length', 'sound', 'avoid', 'start'],
        notKept: [],
      },
      ...over,
    },
  );

describe('a clip that was imported', () => {
  it('says what is not known instead of guessing it', async () => {
    const { user } = await open({ gallery: page([brought()]) });
    const card = screen.getByRole('button', { name: 'Play: Prompt unknown' });
    expect(within(screen.getByRole('listitem')).queryByText('Pro')).toBeNull();
    await user.click(card);
    const viewer = within(screen.getByRole('region', { name: 'Viewer' }));
    viewer.getByText('veo-3.1');
    expect(viewer.getAllByText('Unknown').length).toBeGreaterThanOrEqual(5);
    expect(viewer.queryByText('Pro, 1080p')).toBeNull();
  });

  it('says that its frames are not kept', async () => {
    const imported = { model: 'kling-3.0', unknown: [], notKept: ['start', 'end'] } as const;
    const one = brought({
      settings: SETTINGS,
      imported: { ...imported, unknown: [], notKept: [...imported.notKept] },
    });
    const { user } = await open({ gallery: page([one]) });
    await user.click(screen.getByRole('button', { name: 'Play: A lighthouse at dusk' }));
    screen.getByText('Not kept: Apiframe deletes pictures after use');
  });

  it('is reused with a word about what is missing', async () => {
    const { user } = await open({ gallery: page([brought()]) });
    await user.click(screen.getByRole('button', { name: 'Play: Prompt unknown' }));
    const viewer = within(screen.getByRole('region', { name: 'Viewer' }));
    await user.click(viewer.getByRole('button', { name: 'Reuse settings' }));
    await screen.findByText(/Some settings of this clip are unknown/);
  });
});

describe('a clip whose file is missing', () => {
  const lost = (id = 'lost') =>
    generation(id, { state: 'ready', clip: clip({ missing: true }) }, { created: Date.now() });
  const found = (id = 'lost') => ({
    generation: generation(id, { state: 'ready', clip: clip({ file: '/films/lighthouse.mp4' }) }),
    others: 2,
  });

  it('is noticed when the window comes back, and so is its return', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const here = generation('a', { state: 'ready', clip: clip() });
    const { backend } = await open({ gallery: page([here]) });
    await waitFor(() => expect(backend.lookForClips).toHaveBeenCalledTimes(1));
    expect(screen.queryByText(/The file is missing/)).toBeNull();
    vi.advanceTimersByTime(5000);
    backend.lookForClips.mockResolvedValue(['a']);
    await fireEvent.focus(window);
    await screen.findByText(/The file is missing/);
    vi.advanceTimersByTime(5000);
    backend.lookForClips.mockResolvedValue([]);
    await fireEvent.focus(window);
    await waitFor(() => expect(screen.queryByText(/The file is missing/)).toBeNull());
    vi.useRealTimers();
  });

  it('is looked for when it is opened', async () => {
    const here = generation('a', { state: 'ready', clip: clip() });
    const { backend, user } = await open({ gallery: page([here]) });
    backend.generation.mockResolvedValue(lost('a'));
    await user.click(screen.getByRole('button', { name: /^Play/ }));
    await screen.findByText('The file is not where it was saved');
    expect(backend.generation).toHaveBeenCalledWith('a');
    expect(document.querySelector('video')).toBeNull();
  });

  it('plays as soon as the person showed where it is', async () => {
    const { backend, user } = await open({ gallery: page([lost()]) });
    backend.findClip.mockResolvedValue(found());
    backend.lookForClips.mockResolvedValue([]);
    await user.click(screen.getByRole('button', { name: /^Play/ }));
    const viewer = within(screen.getByRole('region', { name: 'Viewer' }));
    await user.click(viewer.getByRole('button', { name: 'Find it…' }));
    await screen.findByText('The clip is found. 2 other missing clips were in the same folder.');
    await waitFor(() => expect(document.querySelector('video')).not.toBeNull());
    expect(viewer.queryByRole('alert')).toBeNull();
  });

  it('says why another file was not taken', async () => {
    const { backend, user } = await open({ gallery: page([lost()]) });
    backend.findClip.mockRejectedValue(problem(said('b.mp4 is not this clip.')));
    await user.click(screen.getByRole('button', { name: /^Play/ }));
    await user.click(
      within(screen.getByRole('region', { name: 'Viewer' })).getByRole('button', {
        name: 'Find it…',
      }),
    );
    await screen.findByText('b.mp4 is not this clip.');
    expect(document.querySelector('video')).toBeNull();
  });

  it('can be found from its card', async () => {
    const { backend, user } = await open({ gallery: page([lost()]) });
    backend.findClip.mockResolvedValue({ ...found(), others: 0 });
    backend.lookForClips.mockResolvedValue([]);
    await user.click(screen.getByRole('button', { name: 'Find it…' }));
    expect(backend.findClip).toHaveBeenCalledWith('lost');
    await waitFor(() => expect(screen.queryByText(/The file is missing/)).toBeNull());
  });

  it('is fetched again in the viewer, and what stands in the way is told', async () => {
    const { backend, user } = await open({ gallery: page([lost()]) });
    backend.fetchAgain.mockRejectedValueOnce(problem(said('Apiframe has deleted this clip.')));
    await user.click(screen.getByRole('button', { name: /^Play/ }));
    const viewer = within(screen.getByRole('region', { name: 'Viewer' }));
    await user.click(viewer.getByRole('button', { name: 'Download again' }));
    await viewer.findByText('Apiframe has deleted this clip.');
    await user.click(viewer.getByRole('button', { name: 'Download again' }));
    await screen.findByText('The clip is being fetched again; it is paid for already.');
    within(screen.getByRole('region', { name: 'Viewer' })).getByText('Saving the clip');
  });

  it('among two thousand is marked without drawing them all', async () => {
    const many = Array.from({ length: 2000 }, (_, at) =>
      generation(`g${at}`, { state: 'ready', clip: clip() }, { created: Date.now() - at }),
    );
    const { studio } = await open({ gallery: page(many) });
    const before = studio.gallery.list;
    studio.gallery.missing(new Set(many.map((one) => one.id)));
    expect(
      studio.gallery.clips.every((one) => one.phase.state === 'ready' && one.phase.clip.missing),
    ).toBe(true);
    const after = studio.gallery.list;
    expect(after).not.toBe(before);
    studio.gallery.missing(new Set(many.map((one) => one.id)));
    expect(studio.gallery.list).toBe(after);
  });
});

describe('Copy report', () => {
  async function settings() {
    const view = await open({ session: { state: 'ready', account: ACCOUNT } });
    await view.user.click(screen.getByRole('button', { name: 'Settings' }));
    return { ...view, button: screen.getByRole('button', { name: 'Copy report' }) };
  }

  it('says that it is copied, on the button and aloud', async () => {
    const { backend, button, user } = await settings();
    await user.click(button);
    expect(backend.copyReport).toHaveBeenCalledWith('H.264 probably, AAC probably');
    await screen.findByRole('button', { name: 'Copied' });
    expect(screen.getAllByRole('status').map((one) => one.textContent)).toContain(
      'The report is on the clipboard.',
    );
  });

  it('says in words when the clipboard does not take it', async () => {
    const { backend, button, user } = await settings();
    backend.copyReport.mockRejectedValue(problem(said('The clipboard did not take the report.')));
    await user.click(button);
    await screen.findByText('The clipboard did not take the report.');
    expect(screen.queryByRole('button', { name: 'Copied' })).toBeNull();
  });
});
