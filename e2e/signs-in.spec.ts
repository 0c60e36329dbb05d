/** A person signs in; what they gave goes to the registry that asked, and to nobody else. */
import { expect, stage, test, type App } from './fixtures/app.ts';
import { USER } from './fixtures/registry.ts';

async function signIn(app: App, password: string = USER.password): Promise<void> {
  const form = app.page.getByRole('form', { name: /Sign in/ });
  await form.getByRole('textbox', { name: 'User name' }).fill(USER.username);
  await form.getByLabel(/Password/).fill(password);
  await form.getByRole('button', { name: /Sign in/ }).click();
}

for (const [kind, repository] of [
  ['basic', 'team/bedrock'],
  ['token', 'private/bedrock'],
] as const) {
  test(`signs in (${kind}), after a wrong password`, async ({ app }) => {
    await app.open(`${stage()[kind]}/${repository}:1.4`);
    await app.expectFailure('unauthorized', /who you are|sign in/i);
    await signIn(app, 'wrong');
    await app.expectFailure('unauthorized', /did not accept|refused/i);
    await signIn(app);
    await app.expectVerified();
  });
}

test('needs no name for a public image of a registry with tokens', async ({ app }) => {
  await app.open(`${stage().token}/public/bedrock:1.4`);
  await app.expectVerified();
});

test('keeps the password out of the address, the history and the storage', async ({ app, page }) => {
  await app.open(`${stage().basic}/team/bedrock:1.4`);
  await app.expectFailure('unauthorized', /./);
  await signIn(app);
  await app.expectVerified();
  const kept = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const dump: unknown[] = [
      location.href,
      { ...localStorage },
      { ...sessionStorage },
      history.state,
      document.cookie,
    ];
    for (const { name } of databases) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name!);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error!);
      });
      for (const store of db.objectStoreNames) {
        dump.push(
          await new Promise((resolve) => {
            const all = db.transaction(store).objectStore(store).getAll();
            all.onsuccess = () => resolve(all.result);
            all.onerror = () => resolve(null);
          }),
        );
      }
      db.close();
    }
    return JSON.stringify(dump);
  });
  expect(kept).not.toContain(USER.password);
  expect(kept).not.toContain(btoa(`${USER.username}:${USER.password}`));
  await page.reload();
  await app.expectFailure('unauthorized', /./);
});

test('sends what was given to no other host, also where blobs live elsewhere', async ({ app, faulty }) => {
  const storage = await faulty({ upstream: stage().registry });
  const host = await faulty({
    upstream: stage().basic,
    faults: [{ when: /GET .*blobs/, how: { redirect: `http://${storage.host}` } }],
  });
  await app.open(`${host.host}/team/bedrock:1.4`);
  await app.expectFailure('unauthorized', /./);
  await signIn(app);
  await app.expectVerified();
  expect(storage.asked.length).toBeGreaterThan(0);
  expect(storage.asked.filter(({ headers }) => headers['authorization'] !== undefined)).toEqual([]);
  expect(host.asked.some(({ headers }) => headers['authorization'] !== undefined)).toBe(true);

  // Another registry, in the same page.
  const other = await faulty({});
  await app.type(`${other.host}/team/bedrock:1.4`);
  await app.expectVerified();
  expect(other.asked.filter(({ headers }) => headers['authorization'] !== undefined)).toEqual([]);
});

test('shows no form where no page can sign in, but the way round', async ({ app, page, faulty }) => {
  const headers = { 'www-authenticate': 'Negotiate' };
  const host = await faulty({ faults: [{ when: /GET .*manifests/, how: { status: 401, headers } }] });
  await app.open(`${host.host}/team/bedrock:1.4`);
  await app.expectFailure('unauthorized', /no web page can answer[^]*negotiate/);
  await expect(page.getByRole('form')).toHaveCount(0);
  await expect(page.getByText(/skopeo copy .*docker-archive:/)).toBeVisible();
});

test('asks as browsers must: no preflight where none is needed', async ({ app, faulty }) => {
  const host = await faulty({});
  await app.open(`${host.host}/team/bedrock:1.4`);
  await app.expectVerified();
  expect(host.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  for (const { path, headers } of host.asked) {
    expect(String(headers['accept'] ?? '').length, path).toBeLessThanOrEqual(128);
    if (path.includes('/blobs/')) expect(headers['accept'], path).toBe('*/*');
    expect(String(headers['range'] ?? 'bytes=0-1')).toMatch(/^bytes=\d+-\d+$/);
  }
});
