/** A browser that Playwright cannot drive, as far as the journeys need one. */

/** An element of the page that is shown, for as long as that is. */
export interface Handle {
  readonly id: string;
}

/** Roles that journeys ask for. */
export type Role = 'button' | 'textbox' | 'treegrid';

/** One window over one profile. Each promise rejects with what the browser says. */
export interface Browser {
  /** `Firefox 153.7.0` */
  readonly version: string;
  /** What scripts of the page have thrown or written as errors. What a failed request makes a browser say is not in it. */
  readonly errors: readonly string[];
  goto(url: string): Promise<void>;
  back(): Promise<void>;
  /** What `work` gives in the page. Arguments and result are JSON; it sees nothing of what stands around it. */
  evaluate<A extends readonly unknown[], R>(work: (...args: A) => R | Promise<R>, ...args: A): Promise<R>;
  /** The first element that `selector` finds. */
  query(selector: string): Promise<Handle>;
  /** The first element that the browser's own accessibility tree has by this role and name. */
  byRole(role: Role, name: string): Promise<Handle>;
  click(element: Handle): Promise<void>;
  /** Into an input for text, in place of what is there, key by key; or one path, into an input for files. */
  fill(element: Handle, text: string): Promise<void>;
  /** PNG */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

export interface Start {
  /** Folder that holds what the browser keeps, and goes on with it the next time. Null: a private window, which forgets. */
  readonly profile: string | null;
  /** Folder that downloads go to. */
  readonly downloads: string;
}

export const VIEWPORT = { width: 1280, height: 800 } as const;

/** What browsers say of requests that fail, and of a directive that WebKit does not know: none of it is ours. */
export const NOT_OURS =
  /Failed to load resource|NetworkError|Load failed|CORS|Cross-Origin|Unrecognized Content-Security-Policy directive/;
