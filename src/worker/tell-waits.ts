import { lastOf, type OnWait } from '../sources/http/patience.ts';
import type { Post } from './post.ts';
import type { Waiting } from './protocol.ts';

/** Tells the page what the job waits for besides bytes. */
export const tellWaits = (post: Post<Waiting>): OnWait => lastOf((wait) => post({ type: 'waiting', wait }));
