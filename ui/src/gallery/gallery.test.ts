import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Failure, Message, Notice, Phase } from '../backend';
import { open } from '../testing/open';
import { clip, generation, page, SETTINGS, said } from '../testing/stub';

const cards = () => within(screen.getByRole('region', { name: 'Gallery' }));
const rendering = (over: object = {}): Phase => ({
  state: 'rendering',
  queued: false,
  progress: null,
  since: Date.now() - 10_000,
  due: Date.now() + 48_000,
  ...over,
});
const failed = (over: Partial<Failure> = {}): Phase => ({
  state: 'failed',
  failure: {
    message: said('The end frame is too small.'),
    field: 'end',
    charged: false,
    mends: ['fixSettings'],
    ...over,
  },
});

describe('a running card', () => {
  it('goes through its states by what the program tells, and becomes a clip', async () => {
    const { studio } = await open({ gallery: page([generation('a', { state: 'uploading' })]) });
    cards().getByText('Sending the frames');
    studio.listeners.generationChanged(generation('a', rendering({ queued: true })));
    await cards().findByText(/^Queued, about 0:4\d left$/);
    studio.listeners.generationChanged(generation('a', rendering()));
    await cards().findByText(/^Rendering, about 0:4\d left$/);
    studio.listeners.generationChanged(
      generation('a', { state: 'downloading', received: 1, total: 2 }),
    );
    await cards().findByText('Saving the clip, 50%');
    studio.listeners.generationChanged(generation('a', { state: 'ready', clip: clip() }));
    await cards().findByRole('button', { name: 'Play: A lighthouse at dusk' });
    cards().getByText('0:05');
    expect(screen.getAllByRole('status').map((one) => one.textContent)).toContain(
      'Ready: A lighthouse at dusk',
    );
  });

  it('counts down by one shared clock, and says so when it is late', async () => {
    vi.useFakeTimers();
    await open({ gallery: page([generation('a', rendering())]) });
    cards().getByText('Rendering, about 0:48 left');
    await vi.advanceTimersByTimeAsync(3000);
    cards().getByText('Rendering, about 0:45 left');
    await vi.advanceTimersByTimeAsync(50_000);
    cards().getByText('Rendering, any moment now');
    await vi.advanceTimersByTimeAsync(60_000);
    cards().getByText('Rendering, taking longer than usual');
    vi.useRealTimers();
  });

  it('says no figure once the clip takes longer than was said', async () => {
    await open({ gallery: page([generation('a', rendering({ progress: 20, due: null }))]) });
    cards().getByText('Rendering, taking longer than usual');
  });

  it('says why it does not move', async () => {
    const waiting = 'No connection to Apiframe. Trying again by itself.';
    await open({ gallery: page([generation('a', rendering(), { waiting: said(waiting) })]) });
    cards().getByText(waiting);
    expect(cards().queryByText(/left/)).toBeNull();
  });

  it('can be cancelled only while nothing was sent', async () => {
    const { backend, studio, user } = await open({
      gallery: page([generation('a', { state: 'recorded' }, { canCancel: true })]),
    });
    await user.click(cards().getByRole('button', { name: 'Cancel' }));
    expect(backend.cancel).toHaveBeenCalledWith('a');
    studio.listeners.generationChanged(generation('a', rendering()));
    await waitFor(() => expect(cards().queryByRole('button', { name: 'Cancel' })).toBeNull());
  });
});

describe('a running card, opened', () => {
  const opened = () => within(screen.getByRole('region', { name: 'Viewer' }));
  async function running(over: object = {}) {
    const view = await open({
      gallery: page([generation('a', { state: 'recorded' }, { canCancel: true, ...over })]),
    });
    const card = cards().getByRole('button', { name: 'Rendering: A lighthouse at dusk' });
    await view.user.click(card);
    return { ...view, card };
  }

  it('shows how far it is, its settings and what can be done', async () => {
    const { backend, studio, user } = await running();
    opened().getByText('Starting');
    opened().getByText('Pro, 1080p');
    opened().getByRole('button', { name: 'Reuse settings' });
    await user.click(opened().getByRole('button', { name: 'Cancel' }));
    expect(backend.cancel).toHaveBeenCalledExactlyOnceWith('a');
    studio.listeners.generationChanged(generation('a', rendering()));
    await opened().findByText('Rendering, about 0:48 left');
    opened().getByText('Already sent, so it can’t be cancelled');
  });

  it('shows the whole reason why it waits, with the way on', async () => {
    const waiting: Message = { code: 'pauseUntil', at: Date.now() };
    const { backend, user } = await running({ waiting });
    opened().getByText(/^Apiframe asks for a pause. It continues automatically at /);
    await user.click(opened().getByRole('button', { name: 'Ask now' }));
    expect(backend.askNow).toHaveBeenCalledOnce();
  });

  it('leads back to the card with Escape', async () => {
    const { card, user } = await running();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('region', { name: 'Viewer' })).toBeNull();
    expect(card).toHaveFocus();
  });

  it('becomes the clip, or what went wrong', async () => {
    const { studio } = await running();
    studio.listeners.generationChanged(generation('a', failed({ mends: ['downloadAgain'] })));
    await waitFor(() => opened().getByText('The end frame is too small.'));
    opened().getByRole('button', { name: 'Download again' }).click();
    await waitFor(() => opened().getByText('Saving the clip'));
    studio.listeners.generationChanged(generation('a', { state: 'ready', clip: clip() }));
    await waitFor(() => opened().getByRole('slider', { name: 'Position' }));
  });

  it('stays open when it leaves what the gallery shows', async () => {
    const { backend, user, studio } = await open();
    const ready = generation('a', { state: 'ready', clip: clip() });
    backend.gallery.mockImplementation(async (filter) =>
      page(filter === 'running' ? [generation('a', rendering())] : [ready]),
    );
    await user.click(cards().getByRole('button', { name: 'Rendering 0' }));
    await user.click(await cards().findByRole('button', { name: /^Rendering: / }));
    studio.listeners.generationChanged(generation('a', { state: 'ready', clip: clip() }));
    await waitFor(() => opened().getByText(/of/, { selector: '.position' }));
    await waitFor(() => expect(studio.gallery.loading).toBe(false));
    expect(opened().getByText(/of/, { selector: '.position' })).toHaveTextContent('1 of 1');
    await user.keyboard('{Escape}');
    expect(cards().getByRole('button', { name: 'Play: A lighthouse at dusk' })).toHaveFocus();
  });
});

describe('a pause that Apiframe asks for', () => {
  const pause: Message = { code: 'pauseUntil', at: Date.now() + 3_600_000 };
  const asks = async (waiting: Message) =>
    open({ gallery: page([generation('a', { state: 'submitting' }, { waiting })]) });

  it('can be ended from the card', async () => {
    const { backend, user } = await asks(pause);
    cards().getByText(/^Apiframe asks for a pause. It continues automatically at /);
    await user.click(cards().getByRole('button', { name: 'Ask now' }));
    expect(backend.askNow).toHaveBeenCalledOnce();
    await screen.findByText('Apiframe is asked again within five minutes.');
  });

  it('is the only wait with such a button', async () => {
    await asks({ code: 'shortPause' });
    cards().getByText('Apiframe asks for a short pause. It continues automatically.');
    expect(cards().queryByRole('button', { name: 'Ask now' })).toBeNull();
  });
});

describe('a failed card', () => {
  it('stays one when its news overtakes the answer to Generate', async () => {
    const { backend, studio, user } = await open({ draft: SETTINGS });
    const answer = generation('a', { state: 'recorded' });
    backend.generate.mockImplementation(() => {
      studio.listeners.generationChanged(generation('a', failed()));
      return Promise.resolve(answer);
    });
    await user.click(screen.getByRole('button', { name: /^Generate/ }));
    await waitFor(() => expect(backend.generate).toHaveBeenCalled());
    await cards().findByText('The end frame is too small.');
    expect(cards().queryByText('Starting')).toBeNull();
  });

  it('says what happened and that nothing was charged, and leads to the field at fault', async () => {
    const settings = { ...SETTINGS, start: 'a', end: 'b', prompt: 'Morph' };
    const { user } = await open({ gallery: page([generation('a', failed(), { settings })]) });
    cards().getByText('The end frame is too small.');
    cards().getByText('You were not charged.');
    await user.click(cards().getByRole('button', { name: 'Fix settings' }));
    expect(screen.getByRole('textbox', { name: 'Prompt' })).toHaveValue('Morph');
    const end = screen.getByRole('button', { name: 'End frame' });
    await waitFor(() => expect(end).toHaveFocus());
    expect(end).toHaveAccessibleDescription(/The end frame is too small/);
  });

  it('offers each action by its label, and runs it', async () => {
    const mends = ['tryAgain', 'downloadAgain', 'addCredits', 'replaceKey'] as const;
    const { backend, user } = await open({
      gallery: page([generation('a', failed({ charged: true, mends: [...mends] }))]),
    });
    cards().getByText('You were charged.');
    await user.click(cards().getByRole('button', { name: 'Add credits' }));
    expect(backend.openLink).toHaveBeenCalledWith('addCredits');
    await user.click(cards().getByRole('button', { name: 'Replace the key' }));
    expect(screen.getByRole('dialog', { name: 'Settings' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Close' }));
    await user.click(cards().getByRole('button', { name: 'Try again' }));
    expect(backend.retry).toHaveBeenCalledWith('a');
    await cards().findByText('Starting');
    await user.click(cards().getByRole('button', { name: 'Download again' }));
    expect(backend.resume).toHaveBeenCalledWith('a');
    await cards().findByText('Saving the clip');
  });

  it('opens with the whole sentence, what it cost and every way on', async () => {
    const mends = ['fixSettings', 'tryAgain'] as const;
    const { user, backend } = await open({
      gallery: page([generation('a', failed({ mends: [...mends] }))]),
    });
    const card = cards().getByRole('button', { name: /^Failed: / });
    await user.click(card);
    const opened = within(screen.getByRole('region', { name: 'Viewer' }));
    opened.getByText('The end frame is too small.');
    opened.getByText('You were not charged.');
    opened.getByRole('button', { name: 'Fix settings' });
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('region', { name: 'Viewer' })).toBeNull();
    expect(card).toHaveFocus();
    await user.keyboard('{Enter}');
    const again = within(screen.getByRole('region', { name: 'Viewer' }));
    await user.click(again.getByRole('button', { name: 'Remove from the gallery' }));
    expect(backend.remove).toHaveBeenCalledWith('a');
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Viewer' })).toBeNull());
  });

  it('can be taken out of the gallery', async () => {
    const { backend, user } = await open({ gallery: page([generation('a', failed())]) });
    await user.click(cards().getByRole('button', { name: 'Remove from the gallery' }));
    expect(backend.remove).toHaveBeenCalledWith('a');
    await waitFor(() => expect(cards().queryByText('The end frame is too small.')).toBeNull());
  });
});

it('an uncertain one is paid for again only after a second, plain yes', async () => {
  const { backend, user } = await open({
    gallery: page([
      generation('a', { state: 'uncertain', message: said('Apiframe never answered.') }),
    ]),
  });
  cards().getByText('Unknown: check or submit again');
  await user.click(cards().getByRole('button', { name: 'Submit again' }));
  expect(backend.submitAgain).not.toHaveBeenCalled();
  const asked = within(screen.getByRole('alertdialog'));
  asked.getByText(/may pay a second time.*both will be charged/);
  await user.click(asked.getByRole('button', { name: 'Not now' }));
  expect(backend.submitAgain).not.toHaveBeenCalled();
  backend.submitAgain.mockResolvedValue(generation('new', { state: 'recorded' }));
  await user.click(cards().getByRole('button', { name: 'Submit again' }));
  const again = within(screen.getByRole('alertdialog'));
  await user.click(again.getByRole('button', { name: 'Submit again' }));
  expect(backend.submitAgain).toHaveBeenCalledExactlyOnceWith('a');
  // A separate generation; what became of the first is still not known.
  await cards().findByText('Starting');
  cards().getByText('Unknown: check or submit again');
});

describe('Check on an uncertain one', () => {
  async function checked() {
    const view = await open({
      gallery: page([
        generation('a', { state: 'uncertain', message: said('Apiframe never answered.') }),
      ]),
    });
    view.backend.resume.mockResolvedValue(generation('a', { state: 'submitting' }));
    await view.user.click(cards().getByRole('button', { name: 'Check' }));
    expect(view.backend.resume).toHaveBeenCalledWith('a');
    await waitFor(() => expect(cards().queryByText('Unknown: check or submit again')).toBeNull());
    expect(view.backend.submitAgain).not.toHaveBeenCalled();
    return view;
  }

  it('says so when the account does not show it, and asks again what to do', async () => {
    const { studio } = await checked();
    studio.listeners.generationChanged(
      generation('a', { state: 'uncertain', message: said('Apiframe never answered.') }),
    );
    await cards().findByText('Unknown: check or submit again');
    await screen.findByText('Checked: Apiframe’s job list still does not show it.');
  });

  it('goes on with the job where the account shows it', async () => {
    const { studio } = await checked();
    studio.listeners.generationChanged(generation('a', rendering({ due: null })));
    await screen.findByText('Checked: it had arrived. Its clip is on its way.');
    await cards().findByRole('button', { name: 'Rendering: A lighthouse at dusk' });
  });
});

describe('a finished card', () => {
  it('shows its poster, or the start frame until there is one', async () => {
    const settings = { ...SETTINGS, start: 'abc' };
    const bare = generation(
      'a',
      { state: 'ready', clip: clip({ hasPoster: false }) },
      { settings },
    );
    const { studio, container } = await open({ gallery: page([bare]) });
    const picture = () => container.querySelector('[role=listitem] img')?.getAttribute('src');
    expect(picture()).toContain('/thumb/abc');
    studio.listeners.generationChanged(
      generation('a', { state: 'ready', clip: clip() }, { settings }),
    );
    await waitFor(() => expect(picture()).toContain('/poster/a'));
    expect(document.querySelector('video')).toBeNull();
  });

  it('has a poster made where it has none', async () => {
    const bare = generation('a', { state: 'ready', clip: clip({ hasPoster: false }) });
    const { studio } = await open();
    const need = vi.spyOn(studio.posters, 'need').mockReturnValue();
    studio.listeners.generationChanged(bare);
    await waitFor(() => expect(need).toHaveBeenCalledWith(bare));
  });

  it('shows its whole prompt where the pointer rests on it', async () => {
    const prompt = 'A heron stands in the reeds, and the rings go out over the pond. '
      .repeat(9)
      .trim();
    await open({
      gallery: page([
        generation('a', { state: 'ready', clip: clip() }, { settings: { ...SETTINGS, prompt } }),
      ]),
    });
    expect(cards().getByRole('button', { name: /^Play: / })).toHaveAttribute('title', prompt);
  });

  it('says what it cost', async () => {
    await open({
      gallery: page([generation('a', { state: 'ready', clip: clip() }, { credits: 35 })]),
    });
    cards().getByText('35 credits');
  });
});

it('shows only what was asked for, with how many there are', async () => {
  const { backend, user } = await open({
    gallery: {
      ...page([generation('a', rendering()), generation('b', failed())]),
      counts: { all: 1284, running: 2, failed: 1, revision: 1 },
    },
  });
  backend.gallery.mockResolvedValue(page([generation('b', failed())]));
  await user.click(cards().getByRole('button', { name: 'Failed 1' }));
  expect(backend.gallery).toHaveBeenCalledWith('failed', null);
  await waitFor(() => expect(cards().getAllByRole('listitem')).toHaveLength(1));
});

it('the arrow keys walk over the cards and Enter opens one', async () => {
  const ready = ['c', 'b', 'a'].map((id, at) =>
    generation(id, { state: 'ready', clip: clip() }, { created: Date.now() - at }),
  );
  const { user, studio } = await open({ gallery: page(ready) });
  const [first, second] = cards().getAllByRole('button', { name: /^Play/ });
  first?.focus();
  await user.keyboard('{ArrowRight}');
  await waitFor(() => expect(second).toHaveFocus());
  await user.keyboard('{Enter}');
  expect(studio.viewing).toBe('b');
});

it('of many cards only those near the window are in the document', async () => {
  const many = Array.from({ length: 900 }, (_, at) =>
    generation(`g${at}`, { state: 'ready', clip: clip() }, { created: Date.now() - at }),
  );
  await open({ gallery: page(many) });
  expect(cards().getAllByRole('listitem').length).toBeLessThan(60);
});

it('with nothing in it yet it says how to begin', async () => {
  const { user } = await open();
  cards().getByText('Your clips appear here');
  cards().getByText(/a prompt alone is enough/);
  const [first] = cards()
    .getAllByRole('button')
    .filter((one) => !one.hasAttribute('aria-pressed'));
  expect(first).toHaveAccessibleName('Write a prompt');
  if (first) await user.click(first);
  await waitFor(() => expect(screen.getByRole('textbox', { name: 'Prompt' })).toHaveFocus());
  await fireEvent.click(cards().getByRole('button', { name: 'Choose a start frame' }));
  await screen.findByRole('button', { name: 'Remove the start frame' });
});

it('asks for the gallery anew when events were missed', async () => {
  const { backend, studio } = await open({ gallery: page([]) });
  backend.gallery.mockResolvedValue(page([generation('late', { state: 'recorded' })]));
  studio.listeners.profileChanged('apiframe');
  await cards().findByText('A lighthouse at dusk');
});

it('shows another library with its first page, however long that library is', async () => {
  const old = generation('old', failed(), { created: 1 });
  const { backend, studio } = await open({ gallery: page([old]) });
  const first = page([generation('new', failed())], 'next');
  backend.gallery.mockImplementation((_, cursor) =>
    cursor === null ? Promise.resolve(first) : new Promise(() => undefined),
  );
  studio.listeners.profileChanged('sandbox');
  await waitFor(() => expect(studio.gallery.find('new')).not.toBeNull());
  expect(studio.gallery.find('old')).toBeNull();
});

describe('what is so for the whole library', () => {
  const text = 'The library’s file was damaged: the backup of 21 November was taken.';
  const notice: Notice = { kind: 'rescued', message: said(text), canDismiss: true };

  it('stands above the cards until it was read', async () => {
    const { studio, backend, user } = await open({
      gallery: { ...page([]), notices: { list: [notice], revision: 1 } },
    });
    cards().getByText(text);
    await user.click(cards().getByRole('button', { name: 'Dismiss' }));
    expect(backend.dismissNotice).toHaveBeenCalledWith('rescued');
    studio.listeners.noticesChanged({ list: [], revision: 2 });
    await waitFor(() => expect(cards().queryByText(text)).toBeNull());
  });

  it('cannot be put away while its cause lasts', async () => {
    const { studio } = await open({ gallery: page([generation('a', rendering())]) });
    studio.listeners.noticesChanged({
      list: [
        { kind: 'clipsFolder', message: said('The clips folder is not there.'), canDismiss: false },
      ],
      revision: 1,
    });
    await cards().findByText('The clips folder is not there.');
    expect(cards().queryByRole('button', { name: 'Dismiss' })).toBeNull();
  });
});

it('a library that opens late is shown once it is open', async () => {
  let answer: (opened: ReturnType<typeof page>) => void = () => undefined;
  const { studio } = await open({ gallery: null }, ({ gallery }) => {
    gallery.mockImplementation(() => new Promise((done) => (answer = done)));
  });
  expect(studio.gallery.list).toEqual([]);
  answer(page([generation('a', { state: 'ready', clip: clip() })]));
  await cards().findByRole('button', { name: 'Play: A lighthouse at dusk' });
});
