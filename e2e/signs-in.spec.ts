/** A person signs in; what they gave goes to the registry that asked, and to nobody else. */
import { App, expect, stage, test } from './fixtures/app.ts';
import { USER } from './fixtures/registry.ts';
import { overhear, stored } from './fixtures/secrets.ts';

async function signIn(app: App, password: string = USER.password, keep = false): Promise<void> {
  const form = app.page.getByRole('form', { name: /Sign in to/ });
  const name = form.getByRole('textbox', { name: 'User name' });
  // A name that was given before stands there still.
  if ((await name.inputValue()) === '') await name.fill(USER.username);
  await expect(name).toHaveValue(USER.username);
  await form.getByLabel(/Password/).fill(password);
  if (keep) await form.getByRole('checkbox', { name: /Keep until/ }).check();
  await form.getByRole('button', { name: /Sign in/ }).click();
}

const WRONG = 'not-quite-it';
/** Of the password alone, which is a word of ours too, a whole value. */
const SECRETS = [
  JSON.stringify(USER.password),
  `${USER.username}:${USER.password}`,
  btoa(`${USER.username}:${USER.password}`),
  WRONG,
  btoa(`${USER.username}:${WRONG}`),
  // How each token of the service begins.
  'eyJ0eXAi',
];

for (const [kind, repository] of [
  ['basic', 'team/bedrock'],
  ['token', 'private/bedrock'],
] as const) {
  test(`signs in (${kind}), after a wrong password, and leaves no trace of it`, async ({
    app,
    page,
    context,
  }) => {
    const overheard = overhear(context);
    await app.open(`${stage()[kind]}/${repository}:1.4`);
    await app.expectFailure('unauthorized', /who you are|sign in/i);
    await signIn(app, WRONG);
    await app.expectFailure('unauthorized', /did not accept/i);
    // The name is kept, the password is what has to be typed.
    await expect(page.getByLabel(/Password/)).toBeFocused();
    await signIn(app, USER.password, true);
    await app.expectVerified();
    await expect(page.getByText(`signed in as ${USER.username}`)).toBeVisible();
    // Whatever is written when all is verified.
    await page.waitForTimeout(1500);

    const kept = await stored(page);
    expect(kept).toContain('bedrock');
    for (const secret of SECRETS) {
      expect(kept, secret).not.toContain(secret);
      expect(overheard.lines.join('\n'), secret).not.toContain(secret);
      expect(overheard.requests.map(({ url }) => url).join('\n'), secret).not.toContain(secret);
    }
    const challenge = (await fetch(`http://${stage()[kind]}/v2/`)).headers.get('www-authenticate') ?? '';
    const realm = /realm="(http:[^"]+)"/.exec(challenge)?.[1];
    const mayKnow = [`http://${stage()[kind]}`, ...(realm === undefined ? [] : [new URL(realm).origin])];
    const told = overheard.requests.filter(({ headers }) => /authorization/i.test(headers));
    expect(told.length).toBeGreaterThan(0);
    // Those of the threads, which read the layers, are among them.
    expect(told.some(({ url }) => url.includes('/blobs/'))).toBe(true);
    for (const { url } of told) expect(mayKnow).toContain(new URL(url).origin);
  });
}

test('keeps a sign-in over a reload and for other tabs, where one wants it; one click forgets it everywhere', async ({
  app,
  page,
  context,
}) => {
  // Six openings, in two tabs.
  test.slow();
  const image = `${stage().basic}/team/bedrock:1.4`;
  await app.open(image);
  await app.expectFailure('unauthorized', /./);
  await signIn(app, USER.password, true);
  await app.expectVerified();
  await page.reload();
  await app.expectVerified();
  await expect(page.getByRole('button', { name: 'Sign-ins (1)' })).toBeVisible();

  const other = new App(await context.newPage());
  await other.goto(`image=${image}`);
  await other.expectVerified();
  await other.page.getByRole('button', { name: 'Sign-ins (1)' }).click();
  const dialog = other.page.getByRole('dialog', { name: 'Sign-ins' });
  await expect(dialog.getByText('all tabs')).toBeVisible();
  await dialog.getByRole('button', { name: `Sign out of ${stage().basic}` }).click();
  await expect(dialog.getByText(/signed in nowhere/)).toBeVisible();
  // The first tab hears of it.
  await expect(page.getByRole('button', { name: 'Sign-ins', exact: true })).toBeVisible();
  for (const each of [app, other]) {
    await each.page.reload();
    await each.expectFailure('unauthorized', /who you are/);
  }
});

test('forgets what was given to a tab alone when it is loaded again', async ({ app, page }) => {
  await app.open(`${stage().basic}/team/bedrock:1.4`);
  await app.expectFailure('unauthorized', /./);
  await signIn(app);
  await app.expectVerified();
  await page.reload();
  await app.expectFailure('unauthorized', /who you are/);
});

test('signs in before anybody asks, and hears at once of a wrong password', async ({ app, page }) => {
  await app.goto();
  await page.getByRole('button', { name: 'Sign-ins' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign-ins' });
  const form = dialog.getByRole('form');
  const fill = async (registry: string, password: string) => {
    await form.getByRole('textbox', { name: 'Registry' }).fill(registry);
    await form.getByRole('textbox', { name: 'User name' }).fill(USER.username);
    await form.getByLabel(/Password/).fill(password);
    await form.getByRole('button', { name: 'Sign in' }).click();
  };
  await fill('no registry at all', 'x');
  await expect(dialog.getByRole('alert')).toContainText('no registry');
  await fill(stage().token, WRONG);
  await expect(dialog.getByRole('alert')).toContainText('did not accept');
  await expect(form.getByRole('textbox', { name: 'User name' })).toHaveValue(USER.username);
  await expect(form.getByLabel(/Password/)).toHaveValue('');
  await expect(dialog.getByText(/signed in nowhere/)).toBeVisible();
  await form.getByLabel(/Password/).fill(USER.password);
  await form.getByRole('button', { name: 'Sign in' }).click();
  await expect(dialog.getByRole('status')).toContainText('Signed in to');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await app.type(`${stage().token}/private/bedrock:1.4`);
  await app.expectVerified();
  // Out again with one click, and the image stays.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('signed in as')).toHaveCount(0);
  await app.expectPhase('open');
});

test('needs no name for a public image of a registry with tokens', async ({ app }) => {
  await app.open(`${stage().token}/public/bedrock:1.4`);
  await app.expectVerified();
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
