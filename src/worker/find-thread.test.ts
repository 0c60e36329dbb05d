import { describe, expect, it } from 'vitest';
import { InProcessWorker } from '../testing/in-process-worker.ts';
import { treeOf } from '../testing/tree-of.ts';
import { FindJob } from './find-job.ts';
import type { FromFinder, ToFinder } from './find-protocol.ts';
import { FindThread, FindTimeout } from './find-thread.ts';

const TREE = treeOf(
  'etc/\netc/passwd (10)\netc/group (20)\nusr/bin/sh (300)\nusr/bin/bash => usr/bin/sh',
  'etc/.wh.group\nusr/bin/sh (400)',
);

function threadOf(limit = 5000) {
  const started: InProcessWorker<ToFinder, FromFinder>[] = [];
  const create = () => {
    let job: FindJob | null = null;
    const worker = new InProcessWorker<ToFinder, FromFinder>((message, post) =>
      (job ??= new FindJob(post)).take(message),
    );
    started.push(worker);
    return worker as unknown as Worker;
  };
  return { thread: new FindThread(TREE, create, limit), started };
}

const paths = (found: { readonly ids: Uint32Array } | null) =>
  found && [...found.ids].map((id) => TREE.path(id));

describe('the thread that finds', () => {
  it('answers, and what was asked before is not wanted any more', async () => {
    const { thread, started } = threadOf();
    const [first, second] = [thread.find('passwd', 'path'), thread.find('usr/bin/', 'size')];
    expect(await first).toBeNull();
    expect(paths(await second)).toEqual(['/usr/bin/sh', '/usr/bin/bash']);
    const found = await thread.find('sh', 'path');
    expect({ paths: paths(found), bytes: found?.bytes }).toEqual({
      paths: ['/usr/bin/bash', '/usr/bin/sh'],
      bytes: 700,
    });
    expect(started).toHaveLength(1);
  });

  it('tells what layers took away, and where it was', async () => {
    const { thread } = threadOf();
    expect(thread.deleted).toBeNull();
    const found = await thread.find('is:deleted', 'path');
    const [id] = found!.ids;
    expect([thread.deleted!.path(id!), thread.deleted!.layer(id!), thread.deleted!.by(id!)]).toEqual([
      '/etc/group',
      0,
      1,
    ]);
    expect(paths(await thread.find('is:changed', 'path'))).toEqual(['/usr/bin/sh']);
    expect((await thread.find('is:deleted by:0', 'path'))!.ids).toHaveLength(0);
    expect((await thread.find('is:deleted group by:1', 'path'))!.ids).toEqual(Uint32Array.of(id!));
    expect(paths(await thread.find('-is:changed type:file', 'path'))).toEqual([
      '/etc/passwd',
      '/usr/bin/bash',
    ]);
  });

  it('says where the bytes of what it finds are', async () => {
    const { thread } = threadOf();
    const plans = await thread.plan('type:file');
    // Two names of one file are looked at once.
    expect(plans!.map(({ plan, bytes }) => [plan.layer, plan.ids.length, bytes])).toEqual([
      [1, 1, 400],
      [0, 2, 310],
    ]);
  });

  it('is given up where it does not answer, and another one goes on', async () => {
    const { thread, started } = threadOf(30);
    await thread.find('sh', 'path');
    // It hears nothing any more, as where an expression runs in it.
    started[0]!.postMessage = () => {};
    await expect(thread.find('passwd', 'path')).rejects.toBeInstanceOf(FindTimeout);
    expect(paths(await thread.find('passwd', 'path'))).toEqual(['/etc/passwd']);
    expect(started).toHaveLength(2);
  });
});
