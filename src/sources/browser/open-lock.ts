/** The name of the Web Lock that each tab holds, shared, for an image that it has open: nothing evicts it then. */
export const openLock = (id: string) => `stratascope:open:${id}`;
