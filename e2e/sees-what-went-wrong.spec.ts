/** A person is told what went wrong and what to do, and opens another image at once. */
import { expect, stage, test, type App } from './fixtures/app.ts';
import { DAMAGED } from './fixtures/images/damaged.ts';

const image = (host: string, name = 'team/bedrock:1.4') => `${host}/${name}`;

/** After any failure the app goes on working. */
async function expectGoesOn(app: App): Promise<void> {
  await app.type(image(stage().registry));
  await app.expectVerified();
  await expect(app.alert).toHaveCount(0);
}

test('a wrong reference is marked at the character', async ({ app }) => {
  await app.goto();
  await app.type('registry.example.org/team/App:1.4');
  await app.expectFailure('bad-reference', /lower case/);
  await expect(app.alert).toContainText('registry.example.org/team/App:1.4');
  await expectGoesOn(app);
});

test('an address that cannot be', async ({ app }) => {
  await app.goto('layout=ftp://example.org/image');
  await app.expectFailure('bad-address', /http/);
});

test.describe('hosts', () => {
  test('without CORS: the headers it must send, and a way around', async ({ app, page }) => {
    await app.open(image(stage().closed));
    await app.expectFailure('unreachable', /CORS/);
    await expect(page.getByText(/Access-Control-Allow-Origin/).first()).toBeVisible();
    await expect(page.getByText(/skopeo copy .*docker-archive:/).first()).toBeVisible();
    await expectGoesOn(app);
  });

  test('that are not there', async ({ app }) => {
    // Port 9, "discard": nothing listens on it.
    await app.open(image('127.0.0.1:9'));
    await app.expectFailure('unreachable', /127\.0\.0\.1:9/);
    await expectGoesOn(app);
  });

  test('that are no registry', async ({ app, faulty }) => {
    const host = await faulty({
      faults: [{ when: /manifests/, how: { body: '<!doctype html><p>Welcome</p>', type: 'text/html' } }],
    });
    await app.open(image(host.host));
    await app.expectFailure('malformed', /JSON|manifest/i);
  });

  test('in trouble: asked again, then told', async ({ app, faulty }) => {
    const host = await faulty({ faults: [{ when: /GET .*manifests/, how: { status: 503 } }] });
    await app.open(image(host.host));
    await app.expectFailure('bad-status', /503/);
    expect(host.asked.filter(({ path }) => path.includes('manifests')).length).toBeGreaterThan(1);
  });

  test('in trouble only for a moment: nobody notices', async ({ app, faulty }) => {
    const host = await faulty({
      faults: [
        { when: /GET .*manifests/, how: { status: 503 }, times: 1 },
        { when: /GET .*blobs/, how: { status: 500 }, times: 1 },
        { when: /GET .*blobs/, how: { status: 429, headers: { 'retry-after': '1' } }, times: 1 },
      ],
    });
    await app.open(image(host.host));
    await app.expectVerified();
  });

  test('that ask for patience', async ({ app, faulty }) => {
    const body = JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message: 'pull rate limit' }] });
    const headers = { 'content-type': 'application/json', 'retry-after': '1' };
    const host = await faulty({ faults: [{ when: /manifests/, how: { status: 429, headers, body } }] });
    await app.open(image(host.host));
    await app.expectFailure('rate-limited', /pull rate limit/);
  });

  test('that forbid', async ({ app, faulty }) => {
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'requested access is denied' }] });
    const host = await faulty({ faults: [{ when: /manifests/, how: { status: 403, body } }] });
    await app.open(image(host.host));
    await app.expectFailure('forbidden', /requested access is denied/);
    expect(host.asked.filter(({ path }) => path.includes('manifests'))).toHaveLength(1);
  });
});

test.describe('names', () => {
  test('of a tag that is not there', async ({ app }) => {
    await app.open(image(stage().registry, 'team/bedrock:9.9'));
    await app.expectFailure('not-found', /9\.9/);
    await expectGoesOn(app);
  });

  test('of a repository that is not there', async ({ app }) => {
    await app.open(image(stage().registry, 'team/granite:1.4'));
    await app.expectFailure('not-found', /granite/);
  });

  test('of a manifest that is not there', async ({ app }) => {
    await app.open(image(stage().registry, `team/bedrock@sha256:${'0'.repeat(64)}`));
    await app.expectFailure('not-found', /0000/);
  });

  test('of a blob that is not there', async ({ app, faulty }) => {
    const host = await faulty({ faults: [{ when: /GET .*blobs/, how: { status: 404 } }] });
    await app.open(image(host.host));
    await app.expectFailure('not-found', /not everything/);
  });

  test('of a layout that is not there', async ({ app }) => {
    await app.goto('layout=nowhere/');
    await app.expectFailure('not-found', /layout/);
  });
});

test.describe('documents', () => {
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  for (const [what, body, code, says] of [
    ['no JSON', '{"schemaVersion": 2,', 'malformed', /JSON/],
    ['of another shape', '{"schemaVersion":2,"layers":"none"}', 'malformed', /./],
    [
      'with a negative size',
      '{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"sha256:00","size":-1},"layers":[]}',
      'malformed',
      /./,
    ],
    ['past the limit', `{"schemaVersion":2,"x":"${'x'.repeat(5 * 1024 * 1024)}"}`, 'too-large', /4,194,304/],
  ] as const) {
    test(what, async ({ app, faulty }) => {
      const host = await faulty({ faults: [{ when: /manifests/, how: { body, type: manifestType } }] });
      await app.open(image(host.host));
      await app.expectFailure(code, says);
      await expectGoesOn(app);
    });
  }

  test('a manifest that is not the one of its digest', async ({ app, faulty }) => {
    const host = await faulty({ faults: [{ when: /manifests\/sha256/, how: { flip: 30 } }] });
    await app.open(image(host.host));
    await app.expectFailure('digest-mismatch', /manifest/);
  });

  test('a config that is not the one of its digest', async ({ app, faulty }) => {
    // The config is the first blob that is asked for.
    const host = await faulty({ faults: [{ when: /GET .*blobs/, how: { flip: 30 }, times: 1 }] });
    await app.open(image(host.host));
    await app.expectFailure('digest-mismatch', /config/);
  });

  test('a config that is no JSON', async ({ app }) => {
    await app.open(image(stage().registry, 'damaged:config-not-json'));
    await app.expectFailure('malformed', /JSON|config/);
  });

  test('an image of the first kind', async ({ app }) => {
    await app.open(image(stage().registry, 'forms:schema1'));
    await app.expectFailure('unsupported', /schema 1/);
  });
});

test.describe('layers', () => {
  for (const [tag, { code, says }] of Object.entries(DAMAGED)) {
    test(tag, async ({ app }) => {
      await app.open(image(stage().registry, `damaged:${tag}`));
      await app.expectFailure(code, says);
      await expect(app.files).toHaveCount(0);
      await expectGoesOn(app);
    });
  }

  test('that somebody changed on the way', async ({ app, faulty, page }) => {
    const layer = await largestLayer(page.request.get.bind(page.request));
    const host = await faulty({ faults: [{ when: new RegExp(layer), how: { flip: 10_000 } }] });
    await app.open(image(host.host));
    await expect(app.alert).toHaveAttribute('data-failure', /digest-mismatch|malformed/);
    await expect(app.files).toHaveCount(0);
  });

  test('whose last byte somebody changed, where only the digest tells', async ({ app, faulty, page }) => {
    const layer = await largestLayer(page.request.get.bind(page.request));
    // Byte 9 of gzip names the system that made it (RFC 1952, OS): it unpacks to the same.
    const host = await faulty({ faults: [{ when: new RegExp(layer), how: { flip: 9 } }] });
    await app.open(image(host.host));
    await app.expectFailure('digest-mismatch', /layer/);
    await expect(app.files).toHaveCount(0);
  });

  test('that break off once are gone on with', async ({ app, faulty, page }) => {
    const layer = await largestLayer(page.request.get.bind(page.request));
    const host = await faulty({
      faults: [{ when: new RegExp(`GET .*${layer}`), how: { cut: 15_000 }, times: 1 }],
    });
    await app.open(image(host.host));
    await app.expectVerified();
  });

  test('that always break off', async ({ app, faulty, page }) => {
    const layer = await largestLayer(page.request.get.bind(page.request));
    const host = await faulty({ faults: [{ when: new RegExp(`GET .*${layer}`), how: { cut: 0 } }] });
    await app.open(image(host.host));
    await app.expectFailure('interrupted', /./);
  });
});

/** Digest of the largest layer of the sample for linux/amd64. */
async function largestLayer(
  get: (url: string, options: object) => Promise<{ json(): Promise<unknown> }>,
): Promise<string> {
  const base = `http://${stage().registry}/v2/team/bedrock/manifests`;
  const read = async (name: string, type: string) =>
    (await (
      await get(`${base}/${name}`, { headers: { accept: `application/vnd.oci.image.${type}.v1+json` } })
    ).json()) as {
      manifests: { digest: string }[];
      layers: { digest: string; size: number }[];
    };
  const index = await read('1.4', 'index');
  const { layers } = await read(index.manifests[0]!.digest, 'manifest');
  return layers.toSorted((a, b) => b.size - a.size)[0]!.digest;
}
