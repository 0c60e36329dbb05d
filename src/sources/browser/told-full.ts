/** "There is no room", from the thread that could not keep something to the page that can say so (BroadcastChannel). */

const channelOf = (name: string) => `${name}:full`;

/** `name`: of the database. Where there are no such channels, nobody hears it. */
export function tellFull(name: string): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel(channelOf(name));
  channel.postMessage('full');
  channel.close();
}

/** Hears it of other threads and tabs: they share the room. The returned function ends that. */
export function hearFull(name: string, listen: () => void): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => {};
  const channel = new BroadcastChannel(channelOf(name));
  channel.onmessage = listen;
  return () => channel.close();
}
