/** What is told of a file line by line. Texts may be from outside: they are shown escaped. */

export interface Fact {
  readonly name: string;
  readonly text: string;
  /** `code`: as it stands in the file. `good`, `odd`: what one should see at a glance. */
  readonly tone?: 'code' | 'good' | 'odd' | 'bad';
  /** Small print beside it. */
  readonly note?: string;
}
