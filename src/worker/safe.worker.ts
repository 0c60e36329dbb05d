/** A thread that the tabs of this browser share. */
import { webLocks } from '../base/locks.ts';
import { Safe } from './safe.ts';

const scope = self as unknown as {
  onconnect: ((event: MessageEvent) => void) | null;
  close(): void;
};
const locks = webLocks();
if (locks === undefined) scope.close();
else {
  const safe = new Safe(locks, () => scope.close());
  scope.onconnect = ({ ports: [port] }) => safe.connect(port!);
}
