/** A registry that is busy, slow, or breaks off: a person is told, can leave, and gets the image in the end. */
import { expect, stage, test } from './fixtures/app.ts';
import { USER } from './fixtures/registry.ts';

const image = (host: string, repository = 'team') => `${host}/${repository}/bedrock:1.4`;
const tooMany = (seconds: number | string) => ({
  status: 429,
  headers: { 'retry-after': String(seconds), 'content-type': 'application/json' },
  body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}',
});

test('says that it waits and how long, and goes on', async ({ app, page, faulty }) => {
  const host = await faulty({ faults: [{ when: /GET .*manifests/, how: tooMany(4), times: 1 }] });
  await app.open(image(host.host));
  await expect(page.getByRole('main').getByText(/too many requests. Trying again in [34] s/)).toBeVisible();
  await app.expectVerified();
  await expect(page.getByRole('main').getByText(/too many requests/)).toHaveCount(0);
});

test('of a layer too, and can be cancelled at once', async ({ app, page, faulty }) => {
  const until = new Date(Date.now() + 300_000).toUTCString();
  const host = await faulty({
    // The first is the config, which is needed to know of layers.
    faults: [
      { when: /GET .*blobs/, how: { delayMs: 0 }, times: 1 },
      { when: /GET .*blobs/, how: tooMany(until) },
    ],
  });
  await app.open(image(host.host));
  await expect(page.getByRole('main').getByText(/too many requests. Trying again in [45] min/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await app.expectPhase('empty');
  await expect(page.getByRole('main').getByText(/too many requests/)).toHaveCount(0);
  await app.type(image(stage().registry));
  await app.expectVerified();
});

test('does not wait for hours', async ({ app, faulty }) => {
  const host = await faulty({ faults: [{ when: /manifests/, how: tooMany(21_600) }] });
  await app.open(image(host.host));
  await app.expectFailure('rate-limited', /21,600/);
  expect(host.asked.filter(({ path }) => path.includes('manifests'))).toHaveLength(1);
});

test('says that nothing comes', async ({ app, page, faulty }) => {
  const host = await faulty({ faults: [{ when: /GET .*manifests/, how: { delayMs: 7500 }, times: 1 }] });
  await app.open(image(host.host));
  await expect(page.getByRole('main').getByText(/has sent nothing for \d+ s/)).toBeVisible();
  await app.expectVerified();
});

test('a token that dies in the middle of a layer is renewed, and the layer goes on from there', async ({
  app,
  page,
  faulty,
}) => {
  const challenge = (await fetch(`http://${stage().token}/v2/`)).headers.get('www-authenticate')!;
  const realm = /realm="([^"]+)"/.exec(challenge)![1]!;
  const expired = {
    status: 401,
    headers: {
      'www-authenticate': `Bearer realm="${realm}",service="${/service="([^"]+)"/.exec(challenge)![1]!}",scope="repository:private/bedrock:pull",error="invalid_token"`,
    },
  };
  const layer = await largestLayer();
  const host = await faulty({
    upstream: stage().token,
    faults: [
      { when: new RegExp(`GET .*${layer}`), how: { cut: 20_000 }, times: 1 },
      { when: new RegExp(`GET .*${layer}`), how: expired, times: 1 },
    ],
  });
  await app.open(image(host.host, 'private'));
  await app.expectFailure('unauthorized', /./);
  const form = page.getByRole('form', { name: /Sign in to/ });
  await form.getByRole('textbox', { name: 'User name' }).fill(USER.username);
  await form.getByLabel(/Password/).fill(USER.password);
  await form.getByRole('button', { name: /Sign in/ }).click();
  await app.expectVerified();
  const asked = host.asked.filter(({ method, path }) => method === 'GET' && path.includes(layer));
  const from = asked.map(({ headers }) => Number(/\d+/.exec(headers['range']?.toString() ?? '0')![0]));
  // Whole, refused, and on from where it broke: with another token, and never from the start again.
  expect(from).toHaveLength(3);
  expect(from[1]).toBeGreaterThan(0);
  expect(from[2]).toBe(from[1]);
  expect(asked[2]!.headers['authorization']).not.toBe(asked[1]!.headers['authorization']);
});

/** Of the image bedrock, for linux/amd64. */
async function largestLayer(): Promise<string> {
  const get = async (name: string, accept: string) => {
    const url = `http://${stage().registry}/v2/team/bedrock/manifests/${name}`;
    return (await (await fetch(url, { headers: { accept } })).json()) as {
      manifests: { digest: string; platform: { architecture: string } }[];
      layers: { digest: string; size: number }[];
    };
  };
  const index = await get('1.4', 'application/vnd.oci.image.index.v1+json');
  const amd64 = index.manifests.find(({ platform }) => platform.architecture === 'amd64')!;
  const { layers } = await get(amd64.digest, 'application/vnd.oci.image.manifest.v1+json');
  return layers.toSorted((a, b) => b.size - a.size)[0]!.digest;
}

test.describe('what no page can get round is told as what it is', () => {
  test('a registry that answers preflights with 401', async ({ app, page }) => {
    await app.open(image(stage().unfronted));
    await app.expectFailure('unauthorized', /./);
    const form = page.getByRole('form', { name: /Sign in to/ });
    await form.getByRole('textbox', { name: 'User name' }).fill(USER.username);
    await form.getByLabel(/Password/).fill(USER.password);
    await form.getByRole('button', { name: /Sign in/ }).click();
    await app.expectFailure('unreachable', /does not let a page sign in[^]*preflight/);
  });

  test('redirects in a circle', async ({ app, faulty }) => {
    const host = await faulty({ faults: [{ when: /manifests/, how: { redirect: '' } }] });
    await app.open(image(host.host));
    await app.expectFailure('unreachable', /sends us on[^]*circle/);
  });

  test('a token service that is down, and one that answers nonsense', async ({ app, faulty }) => {
    const nonsense = await faulty({ faults: [{ when: /./, how: { body: '<html>', type: 'text/html' } }] });
    for (const [realm, code, says] of [
      // Port 9, "discard": nothing listens on it.
      ['http://127.0.0.1:9/token', 'unreachable', /token service gave no answer/],
      [`http://${nonsense.host}/token`, 'malformed', /token/],
    ] as const) {
      const headers = { 'www-authenticate': `Bearer realm="${realm}",service="x"` };
      const host = await faulty({ faults: [{ when: /manifests/, how: { status: 401, headers } }] });
      await app.open(image(host.host));
      await app.expectFailure(code, says);
    }
  });

  test('an account that is known, and may not have the image', async ({ app, page, faulty }) => {
    const challenge = (await fetch(`http://${stage().token}/v2/`)).headers.get('www-authenticate')!;
    const headers = { 'www-authenticate': challenge };
    const host = await faulty({ faults: [{ when: /manifests/, how: { status: 401, headers } }] });
    await app.open(image(host.host));
    await app.expectFailure('unauthorized', /./);
    const form = page.getByRole('form', { name: /Sign in to/ });
    await form.getByRole('textbox', { name: 'User name' }).fill(USER.username);
    await form.getByLabel(/Password/).fill(USER.password);
    await form.getByRole('button', { name: /Sign in/ }).click();
    await app.expectFailure('unauthorized', /may not have this image/);
    // Twice each time: refused, and once more with what was wanted.
    expect(
      host.asked.filter(({ method, path }) => method === 'GET' && path.includes('manifests')),
    ).toHaveLength(4);
  });
});
