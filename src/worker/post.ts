/** Sends a message to the page; what is in `transfer` goes with it, and is the sender's no more. */
export type Post<Message> = (message: Message, transfer?: ArrayBuffer[]) => void;
