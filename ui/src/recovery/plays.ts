/** What this web view says that it can play, in one line for a report. */
const KINDS = [
  { name: 'H.264', type: 'video/mp4; codecs="avc1.640028"' },
  { name: 'AAC', type: 'audio/mp4; codecs="mp4a.40.2"' },
];

export function plays(): string {
  const video = document.createElement('video');
  return KINDS.map(({ name, type }) => `${name} ${video.canPlayType(type) || 'no'}`).join(', ');
}
