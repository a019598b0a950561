import { describe, expect, it, vi } from 'vitest';
import type { GalleryPage, Notices } from '../backend';
import { clip, generation, page, problem, stub, said } from '../testing/stub';
import { GalleryState } from './gallery.svelte';

const ready = (id: string, created: number) =>
  generation(id, { state: 'ready', clip: clip() }, { created });
const rendering = (id: string, created: number) =>
  generation(
    id,
    { state: 'rendering', queued: false, progress: null, since: 0, due: null },
    { created },
  );
const ids = (gallery: GalleryState) => gallery.list.map((one) => one.id);

function gallery(first: GalleryPage) {
  const { backend } = stub();
  const state = new GalleryState(backend);
  state.start(first);
  return { state, backend };
}

describe('a change told by the program', () => {
  it('puts a new generation first', () => {
    const { state } = gallery(page([ready('a', 1)]));
    state.put(rendering('b', 2));
    expect(ids(state)).toEqual(['b', 'a']);
  });
  it('changes the card in its place', () => {
    const { state } = gallery(page([rendering('b', 2), ready('a', 1)]));
    state.put(ready('b', 2));
    expect(ids(state)).toEqual(['b', 'a']);
    expect(state.clips).toHaveLength(2);
  });
  it('leaves an old one to its own page', () => {
    const { state } = gallery(page([ready('c', 30), ready('b', 20)], 'next'));
    state.put(ready('a', 10));
    expect(ids(state)).toEqual(['c', 'b']);
  });
  it('takes a card out that no longer belongs to the filter', async () => {
    const { state, backend } = gallery(page([]));
    backend.gallery.mockResolvedValue(page([rendering('b', 2)]));
    await state.show('running');
    state.put(ready('b', 2));
    expect(ids(state)).toEqual([]);
  });
});

describe('what arrives late', () => {
  it('never replaces something newer, whichever way it came', () => {
    const answer = rendering('a', 1);
    const { state } = gallery(page([]));
    expect(state.put(ready('a', 1))).toBe(true);
    expect(state.put(answer)).toBe(false);
    expect(state.clips).toHaveLength(1);
  });
  it('brings nothing back that is gone or has left the filter', async () => {
    const [gone, left] = [rendering('gone', 1), rendering('left', 2)];
    const { state, backend } = gallery(page([]));
    backend.gallery.mockResolvedValue(page([gone, left]));
    await state.show('running');
    state.drop('gone');
    state.put(ready('left', 2));
    state.put(gone);
    state.put(left);
    expect(ids(state)).toEqual([]);
  });
  it('a page leaves alone what changed while it was on its way', async () => {
    const old = page([rendering('b', 2), rendering('a', 1)]);
    const { state, backend } = gallery(old);
    backend.gallery.mockImplementation(async () => {
      state.put(ready('b', 2));
      state.put(rendering('new', 3));
      state.drop('a');
      return old;
    });
    await state.reload();
    expect(ids(state)).toEqual(['new', 'b']);
    expect(state.clips).toHaveLength(1);
  });
});

describe('scrolling on', () => {
  it('adds the next page once, without doubles', async () => {
    const { state, backend } = gallery(page([ready('b', 2)], 'next'));
    backend.gallery.mockResolvedValue(page([ready('b', 2), ready('a', 1)]));
    await Promise.all([state.more(), state.more()]);
    expect(backend.gallery).toHaveBeenCalledTimes(1);
    expect(ids(state)).toEqual(['b', 'a']);
    await state.more();
    expect(backend.gallery).toHaveBeenCalledTimes(1);
  });
  it('says in words what stopped it, and can be asked again', async () => {
    const { state, backend } = gallery(page([ready('b', 2)], 'next'));
    backend.gallery.mockRejectedValueOnce(problem(said('The library cannot be read.')));
    await state.more();
    expect(state.problem).toBe('The library cannot be read.');
    backend.gallery.mockResolvedValue(page([ready('a', 1)]));
    await state.more();
    expect(state.problem).toBeNull();
    expect(ids(state)).toEqual(['b', 'a']);
  });
});

it('an answer that comes too late does not replace a newer one', async () => {
  const { state, backend } = gallery(page([]));
  const late = deferred<GalleryPage>();
  backend.gallery.mockReturnValueOnce(late.promise);
  backend.gallery.mockResolvedValueOnce(page([rendering('new', 2)]));
  const first = state.show('failed');
  await state.show('running');
  late.resolve(page([ready('old', 1)]));
  await first;
  expect(ids(state)).toEqual(['new']);
});

it('moves a generation whose time has changed to its new place', () => {
  const { state } = gallery({ ...page([ready('c', 30), ready('b', 20), ready('a', 10)]) });
  state.put(ready('c', 15));
  expect(ids(state)).toEqual(['b', 'c', 'a']);
});

it('counts a running clip from the moment it is known', () => {
  const { state } = gallery(page([ready('a', 1)]));
  expect(state.runningInAll).toBe(0);
  state.put(rendering('b', 2));
  expect(state.counts.running).toBe(0);
  expect(state.runningInAll).toBe(1);
});

it('shows no counts that are older than those shown', () => {
  const { state } = gallery(page([ready('a', 1)]));
  const before = state.counts;
  state.count({ all: 9, running: 9, failed: 0, revision: before.revision - 1 });
  expect(state.counts).toEqual(before);
  const newer = { ...before, all: 2, revision: before.revision + 1 };
  state.count(newer);
  expect(state.counts).toEqual(newer);
});

it('brings back no notices from an answer that is older than the news', async () => {
  const { state, backend } = gallery(page([ready('a', 1)]));
  const notices: Notices = {
    list: [{ kind: 'damaged', message: said('The library is damaged.'), canDismiss: false }],
    revision: 7,
  };
  backend.gallery.mockImplementation(async () => {
    state.notice(notices);
    return { ...page([ready('a', 1)]), notices: { list: [], revision: 6 } };
  });
  await state.reload();
  expect(state.notices).toEqual(notices);
});

it('counts the clips not fetched yet too', () => {
  const { state } = gallery({
    generations: [rendering('b', 2), ready('a', 1)],
    next: 'next',
    counts: { all: 1290, running: 5, failed: 1, revision: 1 },
    notices: { list: [], revision: 1 },
  });
  expect(state.clipsInAll).toBe(1284);
});

it('walks from clip to clip past what is not one', () => {
  const { state } = gallery(page([ready('c', 3), rendering('b', 2), ready('a', 1)]));
  expect(state.neighbour('c', 1)?.id).toBe('a');
  expect(state.neighbour('a', 1)).toBeNull();
});

function deferred<T>() {
  let resolve: (value: T) => void = vi.fn();
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

describe('after missed events', () => {
  it('asks for everything down to the oldest card shown, and shows it at once', async () => {
    const { state, backend } = gallery(page([ready('d', 40), ready('c', 30)], 'second'));
    backend.gallery.mockResolvedValue(page([ready('b', 20)], 'third'));
    await state.more();
    state.current = 'b';
    const seen: string[][] = [];
    const pages: Record<string, GalleryPage> = {
      first: page([ready('e', 50), ready('d', 40)], 'second'),
      second: page([ready('c', 30), ready('b', 20)], 'third'),
    };
    backend.gallery.mockImplementation(async (_, cursor) => {
      seen.push(ids(state));
      return pages[cursor ?? 'first'] ?? page([]);
    });
    await state.refresh();
    expect(ids(state)).toEqual(['e', 'd', 'c', 'b']);
    expect(seen).toEqual([
      ['d', 'c', 'b'],
      ['d', 'c', 'b'],
    ]);
    expect(state.next).toBe('third');
    expect(state.current).toBe('b');
  });
  it('leaves out what is gone by now, and keeps what is newer than the answer', async () => {
    const { state, backend } = gallery(page([ready('b', 20), rendering('a', 10)]));
    const late = rendering('a', 10);
    backend.gallery.mockImplementation(async () => {
      state.put(ready('a', 10));
      return page([late]);
    });
    await state.refresh();
    expect(ids(state)).toEqual(['a']);
    expect(state.clips).toHaveLength(1);
  });
});

it('news of one generation leave the order of the others alone', () => {
  const { state } = gallery(page([rendering('b', 2), ready('a', 1)]));
  const before = state.order;
  state.put(ready('b', 2));
  expect(state.order).toBe(before);
  expect(state.find('b')?.phase.state).toBe('ready');
});

it('news of a clip leave alone what is said of those under way', () => {
  const { state } = gallery(page([rendering('b', 2), ready('a', 1)]));
  const before = state.running;
  state.put(ready('a', 1));
  expect(state.running).toBe(before);
  state.put(ready('b', 2));
  expect(state.running).toEqual([]);
});
