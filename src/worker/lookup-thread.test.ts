import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { FileTree } from '../image/file-tree.ts';
import { DeletedEntries } from '../image/find/deleted-entries.ts';
import { merge } from '../image/merge/merge.ts';
import { drawTree } from '../testing/draw-tree.ts';
import { lookupWorker } from '../testing/lookup-worker.ts';
import { treeOf } from '../testing/tree-of.ts';
import { LookupThread, FindTimeout } from './lookup-thread.ts';

const TREE = treeOf(
  'etc/\netc/passwd (10)\netc/group (20)\nusr/bin/sh (300)\nusr/bin/bash => usr/bin/sh',
  'etc/.wh.group\nusr/bin/sh (400)',
);

function threadOf(limit = 5000) {
  const started: Worker[] = [];
  const create = () => {
    const worker = lookupWorker();
    started.push(worker);
    return worker;
  };
  return { thread: new LookupThread(TREE, create, limit), started };
}

const paths = (found: { readonly ids: Uint32Array } | null) =>
  found && [...found.ids].map((id) => TREE.path(id));

describe('the thread that answers questions about an image', () => {
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
    expect(thread.deleted(null)).toBeNull();
    const found = await thread.find('is:deleted', 'path');
    const [id] = found!.ids;
    const deleted = new DeletedEntries(TREE, thread.deleted(null)!);
    expect([deleted.path(id!), deleted.layer(id!), deleted.by(id!)]).toEqual(['/etc/group', 0, 1]);
    expect(thread.deleted(0)).toBeNull();
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

  it('looks for keys and tokens in what is not there any more, too', async () => {
    const { thread } = threadOf();
    const inFiles = async (query: string) =>
      (await thread.plan(query))!.map(({ plan, bytes }) => [plan.layer, plan.ids.length, bytes]);
    expect(await inFiles('secrets:')).toEqual([
      [1, 1, 400],
      // passwd, what bash is still a name of, and group, which is deleted.
      [0, 3, 330],
    ]);
    expect(await inFiles('secrets: is:deleted')).toEqual([[0, 1, 20]]);
    expect(await inFiles('secrets: name:group')).toEqual([[0, 1, 20]]);
    expect(await inFiles('text:x name:group')).toEqual([]);
  });

  it('finds by package, whichever filesystem it was told of last', async () => {
    const { thread, started } = threadOf();
    const of = (node: number) => Uint32Array.from({ length: TREE.count }, (_, i) => (i === node ? 1 : 0));
    thread.own(null, { owner: of(TREE.find('/usr/bin/sh')!), names: ['shell'] });
    expect(paths(await thread.find('package:shell', 'path'))).toEqual(['/usr/bin/sh']);
    // As it was after the first layer: late, and nobody looks at it any more.
    thread.own(0, { owner: of(0), names: ['other'] });
    expect(paths(await thread.find('package:shell type:file', 'path'))).toEqual(['/usr/bin/sh']);
    // Another thread is told again.
    thread.stop();
    expect(paths(await thread.find('package:none type:file', 'path'))).toEqual([
      '/etc/passwd',
      '/usr/bin/bash',
    ]);
    expect(started).toHaveLength(2);
  });

  it('makes the filesystem as it was after a layer, and finds in it', async () => {
    const { thread } = threadOf();
    const layers = TREE.layers.slice(0, 1);
    const before = new FileTree((await thread.stage(0))!, layers);
    expect(drawTree(before)).toBe(drawTree(new FileTree(merge(layers), layers)));
    const found = await thread.find('group', 'path', 0);
    expect([...found!.ids].map((id) => before.path(id))).toEqual(['/etc/group']);
    expect((await thread.find('is:deleted', 'path', 0))!.ids).toHaveLength(0);
    // What it is asked of all layers is of all of them again.
    expect((await thread.find('group', 'path'))!.ids).toHaveLength(0);
    expect((await thread.plan('usr/bin/sh', 0))![0]!.bytes).toBe(300);
  });

  it('tells what each layer made of a path, while it finds', async () => {
    const { thread } = threadOf();
    const [history, found, stage] = await Promise.all([
      thread.history(utf8('/etc/group')),
      thread.find('sh', 'path'),
      thread.stage(0),
    ]);
    expect(history!.map(({ layer, what }) => [layer, what])).toEqual([
      [0, 'added'],
      [1, 'deleted'],
    ]);
    expect(found!.ids).toHaveLength(2);
    expect(stage!.count).toBeGreaterThan(0);
  });

  it('asks another thread again what else was asked of one that is given up', async () => {
    const { thread, started } = threadOf(30);
    await thread.find('sh', 'path');
    started[0]!.postMessage = () => {};
    const [found, history] = await Promise.allSettled([
      thread.find('passwd', 'path'),
      thread.history(utf8('/usr/bin/sh')),
    ]);
    expect(found).toMatchObject({ status: 'rejected', reason: expect.any(FindTimeout) as unknown });
    expect(history).toMatchObject({ value: [{ what: 'added' }, { what: 'changed' }] });
    expect(started).toHaveLength(2);
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
