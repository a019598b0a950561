import { screen, waitFor, within } from '@testing-library/svelte';
import { fireEvent } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { open } from '../testing/open';
import type { Failure, Session } from '../backend';
import { ACCOUNT, frame, generation, problem, SETTINGS, said } from '../testing/stub';

const region = () => within(screen.getByRole('region', { name: 'Composer' }));
const generate = () => screen.getByRole('button', { name: /^Generate/ });
const prompt = () => screen.getByRole('textbox', { name: 'Prompt' });

describe('the composer', () => {
  it('names its parts so that they can be found by ear', async () => {
    await open();
    const composer = region();
    composer.getByRole('button', { name: 'Start frame' });
    composer.getByRole('button', { name: 'End frame' });
    composer.getByRole('textbox', { name: 'Prompt' });
    composer.getByRole('textbox', { name: 'Avoid' });
    composer.getByRole('radiogroup', { name: 'Quality' });
    composer.getByRole('radiogroup', { name: 'Shape' });
    expect(composer.getByRole('slider', { name: 'Length' })).toHaveValue('5');
    expect(composer.getByRole('switch', { name: 'Sound' })).not.toBeChecked();
    expect(composer.getByRole('radio', { name: /Pro\s*1080p/ })).toBeChecked();
  });

  it('comes back as it was left', async () => {
    await open({
      draft: {
        ...SETTINGS,
        prompt: 'Left here',
        start: 'abc',
        mode: '4k',
        length: 12,
        sound: true,
      },
    });
    expect(prompt()).toHaveValue('Left here');
    expect(screen.getByRole('slider', { name: 'Length' })).toHaveValue('12');
    expect(screen.getByRole('switch', { name: 'Sound' })).toBeChecked();
    expect(screen.getByRole('radio', { name: /4K/ })).toBeChecked();
    const picture = screen.getByRole('button', { name: 'Start frame' }).querySelector('img');
    expect(picture).toHaveAttribute('src', expect.stringContaining('/thumb/abc'));
  });

  it('is saved a moment after it was changed, and not before', async () => {
    const { backend, user } = await open();
    expect(backend.saveDraft).not.toHaveBeenCalled();
    await user.type(prompt(), 'Fog');
    await waitFor(() =>
      expect(backend.saveDraft).toHaveBeenLastCalledWith(
        expect.objectContaining({ prompt: 'Fog' }),
      ),
    );
  });

  it('takes a text up to a limit and says where it ends', async () => {
    const { user } = await open({ draft: { ...SETTINGS, prompt: 'x'.repeat(19_990) } });
    expect(screen.queryByText(/takes at most/)).toBeNull();
    await user.click(prompt());
    await user.paste('y'.repeat(50));
    expect((prompt() as HTMLTextAreaElement).value).toHaveLength(20_000);
    expect(prompt()).toHaveAccessibleDescription(/This field takes at most 20,000 characters/);
  });

  it('counts the prompt as the model does, and marks what is too long', async () => {
    await open({ draft: { ...SETTINGS, prompt: `${'a'.repeat(2499)}🌊🌊` } });
    const count = screen.getByText('2501 / 2500');
    expect(count).toHaveClass('over');
  });
});

describe('the shape', () => {
  it('is switched off with its reason while there is a start frame', async () => {
    const { user } = await open({ draft: { ...SETTINGS, start: 'abc' } });
    const shape = screen.getByRole('radiogroup', { name: 'Shape' });
    expect(shape).toHaveAccessibleDescription('Set by start frame: 16:9');
    expect(screen.getByRole('radio', { name: '9:16' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Remove the start frame' }));
    expect(screen.getByRole('radio', { name: '9:16' })).toBeEnabled();
    expect(screen.queryByText(/Set by start frame/)).toBeNull();
  });
});

describe('the frames', () => {
  it('are chosen in the system’s dialog, and what was changed in them is said', async () => {
    const { backend, user } = await open();
    backend.pickFrame.mockResolvedValue({
      hash: 'h',
      width: 900,
      height: 1600,
      bytes: 1,
      name: 'harbour.jpg',
      changes: [{ code: 'turnedUpright' }],
    });
    await user.click(screen.getByRole('button', { name: 'End frame' }));
    expect(await screen.findByText('Turned upright.')).toBeVisible();
    expect(screen.getByRole('button', { name: 'End frame' })).toHaveAccessibleDescription(
      /harbour.jpg, 900 by 1600 pixels/,
    );
  });

  it('keep what stood there when the dialog is left without a choice', async () => {
    const { backend, user, studio } = await open({ draft: { ...SETTINGS, start: 'abc' } });
    backend.pickFrame.mockResolvedValue(null);
    await user.click(screen.getByRole('button', { name: 'Start frame' }));
    await waitFor(() => expect(studio.composer.start.busy).toBe(false));
    expect(studio.composer.start.hash).toBe('abc');
  });

  it('change places', async () => {
    const { studio, user } = await open({ draft: { ...SETTINGS, start: 'a', end: 'b' } });
    await user.click(screen.getByRole('button', { name: 'Swap start and end' }));
    expect(studio.composer.settings).toMatchObject({ start: 'b', end: 'a' });
  });

  it('that are refused say why beside the slot', async () => {
    const { backend, user } = await open();
    backend.pickFrame.mockRejectedValue(problem(said('That picture is too small.')));
    await user.click(screen.getByRole('button', { name: 'Start frame' }));
    await screen.findByText('That picture is too small.');
    expect(screen.getByRole('button', { name: 'Start frame' })).toHaveAccessibleDescription(
      /That picture is too small/,
    );
  });
});

describe('the price', () => {
  it('stands on the button and follows the settings', async () => {
    const { backend, user } = await open();
    expect(await screen.findByRole('button', { name: 'Generate 25 credits' })).toBeVisible();
    backend.price.mockResolvedValue({ kind: 'range', min: 35, max: 70 });
    await user.click(screen.getByRole('radio', { name: /4K/ }));
    await screen.findByRole('button', { name: 'Generate 35–70 credits' });
    expect(backend.price).toHaveBeenLastCalledWith(expect.objectContaining({ mode: '4k' }));
  });

  it('is left out where it is not known', async () => {
    const { backend, user } = await open();
    backend.price.mockResolvedValue({ kind: 'unknown' });
    await user.click(screen.getByRole('radio', { name: /4K/ }));
    await screen.findByRole('button', { name: 'Generate' });
  });
});

describe('Generate', () => {
  it('sends what stands there, keeps it, and is free for the next one', async () => {
    const { backend, user } = await open();
    await user.type(prompt(), 'Fog rolls in');
    await user.click(generate());
    expect(backend.generate).toHaveBeenLastCalledWith({ ...SETTINGS, prompt: 'Fog rolls in' });
    expect(prompt()).toHaveValue('Fog rolls in');
    await user.type(prompt(), ' again');
    await user.click(generate());
    expect(backend.generate).toHaveBeenCalledTimes(2);
    const gallery = within(screen.getByRole('region', { name: 'Gallery' }));
    await waitFor(() => expect(gallery.getAllByText(/^Fog rolls in/)).toHaveLength(2));
  });

  it('takes the same settings soon again for one wish, and says how to ask for another', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { backend, user } = await open({ draft: SETTINGS });
    await user.click(generate());
    for (let press = 0; press < 3; press++) {
      vi.advanceTimersByTime(1500);
      await user.click(generate());
    }
    expect(backend.generate).toHaveBeenCalledTimes(1);
    screen.getByText(/Already started\. For another take, wait 2 seconds\./);
    vi.advanceTimersByTime(2000);
    await user.click(generate());
    expect(backend.generate).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  it('asks for the balance once more before it refuses what it can’t pay for', async () => {
    const few = { ...ACCOUNT, credits: 2 };
    const { backend, user } = await open({
      draft: SETTINGS,
      session: { state: 'ready', account: few },
    });
    await screen.findByText('This clip costs 25 credits and you have 2.');
    let answer: (session: Session) => void = () => undefined;
    backend.refreshAccount.mockReturnValueOnce(new Promise((done) => (answer = done)));
    await user.click(screen.getByRole('button', { name: 'Generate 25 credits, you have 2' }));
    expect(backend.refreshAccount).toHaveBeenCalledTimes(1);
    // On a slow network it says so, since another press would do nothing.
    screen.getByText('Checking your balance');
    answer({ state: 'ready', account: few });
    await waitFor(() => expect(screen.queryByText('Checking your balance')).toBeNull());
    expect(backend.generate).not.toHaveBeenCalled();
    await user.click(screen.getByRole('button', { name: 'Add credits' }));
    expect(backend.openLink).toHaveBeenCalledWith('addCredits');
    await user.click(generate());
    expect(backend.generate).toHaveBeenCalledTimes(1);
    expect(screen.queryByText(/This clip costs/)).toBeNull();
  });

  it('refuses nothing while the price or the balance is not certain', async () => {
    const offline = { state: 'offline', message: said('No connection.') } as const;
    const { backend, user } = await open({
      draft: SETTINGS,
      session: { state: 'ready', account: { ...ACCOUNT, credits: 2, connection: offline } },
    });
    await user.click(await screen.findByRole('button', { name: 'Generate 25 credits' }));
    expect(backend.generate).toHaveBeenCalledTimes(1);
  });

  it('does not say that something was started which has failed by then', async () => {
    const { backend, studio, user } = await open({ draft: SETTINGS });
    backend.generate.mockImplementation(async (settings) => {
      const failure = {
        message: { code: 'noCredits', needed: 70, left: 35 },
        field: null,
        charged: false,
        mends: ['addCredits', 'tryAgain'],
      } satisfies Failure;
      // The event arrives before the answer.
      studio.listeners.generationChanged(
        generation('a', { state: 'failed', failure }, { settings }),
      );
      return generation('a', { state: 'recorded' }, { settings });
    });
    await user.click(generate());
    const composer = region();
    await composer.findByText(/This clip needs 70 credits and 35 are left/);
    composer.getByRole('button', { name: 'Add credits' });
    composer.getByText(/Not started/);
    expect(screen.queryByText(/Started\./)).toBeNull();
  });

  it('takes a double click for one wish', async () => {
    const { backend, user } = await open({ draft: SETTINGS });
    await user.dblClick(generate());
    expect(backend.generate).toHaveBeenCalledTimes(1);
  });

  it('answers Ctrl and Enter, once however long they are held', async () => {
    const { backend } = await open({ draft: SETTINGS });
    await fireEvent.keyDown(prompt(), { key: 'Enter', ctrlKey: true });
    await fireEvent.keyDown(prompt(), { key: 'Enter', ctrlKey: true, repeat: true });
    expect(backend.generate).toHaveBeenCalledTimes(1);
  });

  it('leads to the first field that is not right and says what to do', async () => {
    const { backend, user } = await open();
    backend.generate.mockRejectedValue(
      problem(said('Some settings need a change.'), {
        violations: [
          { field: 'avoid', message: said('That is too long.') },
          { field: 'prompt', message: said('Write what happens.') },
        ],
      }),
    );
    await user.click(generate());
    await waitFor(() => expect(prompt()).toHaveFocus());
    expect(prompt()).toBeInvalid();
    expect(prompt()).toHaveAccessibleDescription(/Write what happens\./);
    expect(screen.getByText('That is too long.')).toBeVisible();
    await user.type(prompt(), 'Fog');
    expect(screen.queryByText('Write what happens.')).toBeNull();
  });

  it('says what stopped it where no field is at fault, with the way out', async () => {
    const { backend, user } = await open({ draft: SETTINGS });
    backend.generate.mockRejectedValue(problem({ code: 'noCredits', needed: 70, left: 35 }));
    await user.click(generate());
    expect(await screen.findByRole('alert')).toHaveTextContent('This clip needs 70 credits');
    await user.click(screen.getByRole('button', { name: 'Add credits' }));
    expect(backend.openLink).toHaveBeenCalledWith('addCredits');
  });
});

it('an end frame alone is remarked after a moment, an empty prompt only when Generate is pressed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const { backend, studio, user } = await open();
  backend.check.mockImplementation(async (settings) => [
    { field: 'prompt', message: said('Write what happens.') },
    ...(settings.end && !settings.start
      ? [{ field: 'end' as const, message: said('An end frame needs a start frame.') }]
      : []),
  ]);
  studio.composer.end.put({ hash: 'b', frame: null });
  await vi.advanceTimersByTimeAsync(5000);
  expect(backend.check).toHaveBeenLastCalledWith(expect.objectContaining({ end: 'b' }));
  expect(screen.queryByText('An end frame needs a start frame.')).toBeNull();
  await vi.advanceTimersByTimeAsync(6000);
  await screen.findByText('An end frame needs a start frame.');
  expect(screen.queryByText('Write what happens.')).toBeNull();
  backend.generate.mockRejectedValue(problem(said('No.'), { violations: [] }));
  await user.click(generate());
  await screen.findByText('Write what happens.');
  vi.useRealTimers();
});

it('the first character of a prompt is not met with a remark that there is none', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const { backend, user } = await open();
  const remark = 'Write what happens.';
  backend.check.mockResolvedValue([{ field: 'prompt', message: said(remark) }]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(backend.check).toHaveBeenCalled();
  // The answer about the current prompt is still pending.
  backend.check.mockReturnValue(new Promise(() => undefined));
  await user.type(prompt(), 'F');
  expect(screen.queryByText(remark)).toBeNull();
  // A remark caused by a press is shown, and disappears with the first character too.
  await user.clear(prompt());
  backend.check.mockResolvedValue([{ field: 'prompt', message: said(remark) }]);
  backend.generate.mockRejectedValue(problem(said('No.'), { violations: [] }));
  await user.click(generate());
  await screen.findByText(remark);
  await user.type(prompt(), 'F');
  expect(screen.queryByText(remark)).toBeNull();
  vi.useRealTimers();
});

describe('Ctrl and V', () => {
  it('outside a text field puts the picture on the clipboard into a slot', async () => {
    const { studio } = await open();
    await fireEvent.keyDown(document.body, { key: 'v', ctrlKey: true });
    await waitFor(() => expect(studio.composer.start.hash).toBe('pasted'));
  });

  async function paste(text: string) {
    const event = new Event('paste', { bubbles: true, cancelable: true });
    Object.assign(event, { clipboardData: { getData: () => text } });
    await fireEvent(prompt(), event);
    return event;
  }

  it('in the prompt takes a picture that comes without words', async () => {
    const { studio } = await open({ draft: SETTINGS });
    expect((await paste('')).defaultPrevented).toBe(true);
    await waitFor(() => expect(studio.composer.start.hash).toBe('pasted'));
    expect(prompt()).toHaveValue(SETTINGS.prompt);
  });

  it('in the prompt leaves words to the field', async () => {
    const { backend } = await open();
    expect((await paste('Fog rolls in')).defaultPrevented).toBe(false);
    expect(backend.pasteFrame).not.toHaveBeenCalled();
  });
});

describe('start and end of different shape', () => {
  const differing = async () => {
    const view = await open();
    view.studio.composer.start.put({ hash: 'a', frame: frame('a') });
    view.studio.composer.end.put({ hash: 'b', frame: frame('b', { width: 900, height: 1600 }) });
    await screen.findByText(/The start frame is 16:9, the end frame 9:16\./);
    return view;
  };

  it('are cropped at a press, which can be undone', async () => {
    const { backend, studio, user } = await differing();
    await user.click(screen.getByRole('button', { name: 'Crop end frame' }));
    expect(backend.cropFrame).toHaveBeenCalledExactlyOnceWith('b', 'a');
    await waitFor(() => expect(studio.composer.end.hash).toBe('b-like-a'));
    expect(screen.queryByText(/the end frame 9:16/)).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(studio.composer.end.hash).toBe('b');
  });

  it('say why where too little would be left', async () => {
    const { backend, studio, user } = await differing();
    backend.cropFrame.mockRejectedValue(problem(said('This picture is too small.')));
    await user.click(screen.getByRole('button', { name: 'Crop end frame' }));
    await screen.findByText('This picture is too small.');
    expect(studio.composer.end.hash).toBe('b');
  });
});
