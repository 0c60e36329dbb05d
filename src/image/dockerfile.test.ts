import { describe, expect, it } from 'vitest';
import { Random } from '../testing/random.ts';
import { dockerfileOf } from './dockerfile.ts';
import type { HistoryStep } from './history.ts';
import { shellLines } from './shell-lines.ts';

const step = (createdBy: string, comment = ''): HistoryStep => ({
  createdBy,
  comment,
  created: '2024-01-27T00:30:48Z',
  author: '',
  empty: false,
  layer: 0,
});

/** The whole history, as it is shown. */
const shown = (...history: (string | HistoryStep)[]): string =>
  dockerfileOf(history.map((it) => (typeof it === 'string' ? step(it) : it)))
    .flatMap(({ lines }) => lines)
    .join('\n');

const HASH = '75f4f0e8c9d4a3e54bb8ab7b4a8e1ab52e5d9e1f6a1bb0bbbf2ed4d9eab0a4ff';

describe('the history of the classic builder', () => {
  it('is that of nginx', () => {
    expect(
      shown(
        `/bin/sh -c #(nop) ADD file:${HASH} in / `,
        '/bin/sh -c #(nop)  CMD ["bash"]',
        '/bin/sh -c #(nop)  LABEL maintainer=NGINX Docker Maintainers <docker-maint@nginx.com>',
        '/bin/sh -c #(nop)  ENV NGINX_VERSION=1.25.3',
        `/bin/sh -c set -x     && groupadd --system --gid 101 nginx     && useradd --system --gid nginx nginx     && apt-get update     && case "$dpkgArch" in         amd64|arm64)             echo "deb [signed-by=$K] https://nginx.org/  x" >> /etc/apt/x             && apt-get update             ;;         *)             echo "it's && fine"             ;;     esac`,
        `/bin/sh -c #(nop) COPY file:${HASH} in /docker-entrypoint.d `,
        '/bin/sh -c #(nop)  ENTRYPOINT ["/docker-entrypoint.sh"]',
        '/bin/sh -c #(nop)  EXPOSE 80',
        '/bin/sh -c #(nop)  STOPSIGNAL SIGQUIT',
        '/bin/sh -c #(nop)  CMD ["nginx" "-g" "daemon off;"]',
        '/bin/sh -c #(nop)  VOLUME [/var/cache/nginx /data]',
      ),
    ).toBe(
      `
ADD file:75f4f0e8c9d4… /
CMD ["bash"]
LABEL maintainer=NGINX Docker Maintainers <docker-maint@nginx.com>
ENV NGINX_VERSION=1.25.3
RUN set -x \\
    && groupadd --system --gid 101 nginx \\
    && useradd --system --gid nginx nginx \\
    && apt-get update \\
    && case "$dpkgArch" in \\
        amd64|arm64) \\
            echo "deb [signed-by=$K] https://nginx.org/  x" >> /etc/apt/x \\
            && apt-get update \\
            ;; \\
        *) \\
            echo "it's && fine" \\
            ;; \\
    esac
COPY file:75f4f0e8c9d4… /docker-entrypoint.d
ENTRYPOINT ["/docker-entrypoint.sh"]
EXPOSE 80
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
VOLUME /var/cache/nginx /data`.slice(1),
    );
  });

  it('has build arguments before the shell', () => {
    const [made] = dockerfileOf([step('|2 VERSION=1.2 FLAGS=-O2 -g /bin/sh -c make install')]);
    expect(made).toMatchObject({
      instruction: 'RUN',
      text: 'RUN make install',
      args: ['VERSION=1.2', 'FLAGS=-O2 -g'],
    });
    expect(made!.lines).toEqual(['# ARG VERSION=1.2', '# ARG FLAGS=-O2 -g', 'RUN make install']);
  });

  it('goes by the shell that was set', () => {
    expect(
      shown(
        '/bin/bash -c true',
        '/bin/sh -c #(nop)  SHELL [/bin/bash -o pipefail -c]',
        '/bin/bash -o pipefail -c curl -f x | tar x',
        '/bin/bash -o pipefail -c #(nop) ENV A=b',
        '|1 A=1 /bin/bash -o pipefail -c make',
      ),
    ).toBe(`# /bin/bash -c true
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl -f x | tar x
ENV A=b
# ARG A=1
RUN make`);
  });

  it('is that of Windows', () => {
    expect(shown('cmd /S /C #(nop)  USER ContainerUser', 'cmd /S /C setx /M PATH x')).toBe(
      'USER ContainerUser\nRUN setx /M PATH x',
    );
  });

  it('tells health checks', () => {
    const check = (text: string) => shown(`/bin/sh -c #(nop)  HEALTHCHECK ${text}`);
    expect(check(`&{["CMD-SHELL" "curl -f \\"x\\" || exit 1"] "30s" "3s" "0s" "0s" '\\x03'}`)).toBe(
      'HEALTHCHECK --interval=30s --timeout=3s --retries=3 CMD curl -f "x" || exit 1',
    );
    expect(check(`&{["CMD" "/bin/check" "-q"] "1m30s" "0s" "5s" '\\n'}`)).toBe(
      'HEALTHCHECK --interval=1m30s --start-period=5s --retries=10 CMD ["/bin/check", "-q"]',
    );
    expect(check(`&{["NONE"] "0s" "0s" "0s" "0s" '\\x00'}`)).toBe('HEALTHCHECK NONE');
    expect(check('&{what else}')).toBe('HEALTHCHECK &{what else}');
  });
});

describe('the history of BuildKit', () => {
  const kit = (text: string) => step(text, 'buildkit.dockerfile.v0');

  it('is that of a service', () => {
    expect(
      shown(
        kit('FROM docker.io/library/alpine:3.19'),
        kit('ARG TARGETARCH'),
        kit('WORKDIR /app'),
        kit('RUN |1 TARGETARCH=arm64 /bin/sh -c apk add --no-cache ca-certificates # buildkit'),
        kit('RUN --mount=type=cache,target=/root/.cache /bin/sh -c go build ./... # buildkit'),
        kit('COPY /out/app /usr/bin/app # buildkit'),
        kit('RUN mkdir -p /data # buildkit'),
        kit('EXPOSE map[443/tcp:{} 80/tcp:{}]'),
        kit('EXPOSE [8080/tcp]'),
        kit('VOLUME [/data]'),
        kit('USER 65532:65532'),
        kit('ENTRYPOINT ["/usr/bin/app"]'),
      ),
    ).toBe(`FROM docker.io/library/alpine:3.19
ARG TARGETARCH
WORKDIR /app
# ARG TARGETARCH=arm64
RUN apk add --no-cache ca-certificates
RUN --mount=type=cache,target=/root/.cache go build ./...
COPY /out/app /usr/bin/app
RUN mkdir -p /data
EXPOSE 443/tcp 80/tcp
EXPOSE 8080/tcp
VOLUME /data
USER 65532:65532
ENTRYPOINT ["/usr/bin/app"]`);
  });

  it('keeps here-documents', () => {
    expect(shown(kit('RUN /bin/sh -c set -e\napt-get update\n  echo EOF && true\n # buildkit'))).toBe(
      'RUN <<EOF\nset -e\napt-get update\n  echo EOF && true\nEOF',
    );
    expect(shown(kit('RUN /bin/sh -c cat > /x <<"END" && true\nhello  world\nEND # buildkit'))).toBe(
      'RUN cat > /x <<"END" && true\nhello  world\nEND',
    );
    expect(shown(kit('RUN /bin/sh -c a\nEOF\nb # buildkit'))).toBe('RUN <<EOFF\na\nEOF\nb\nEOFF');
  });

  it('says nothing of its comment', () => {
    expect(dockerfileOf([kit('USER x'), step('USER x', 'mine')]).map(({ comment }) => comment)).toEqual([
      '',
      'mine',
    ]);
  });
});

describe('the history of others', () => {
  it.each([
    [
      'kaniko',
      step('RUN apt-get update && apt-get install -y curl'),
      'RUN apt-get update && apt-get install -y curl',
    ],
    ['kaniko', step('COPY --from=build /out /'), 'COPY --from=build /out /'],
    ['buildah', step('/bin/sh -c #(nop) CMD ["/bin/sh"]', 'FROM scratch'), 'CMD ["/bin/sh"]'],
    ['jib', step('jib-maven-plugin:3.4.0', 'dependencies'), '# jib-maven-plugin:3.4.0\n# dependencies'],
    [
      'ko',
      step('ko build ko://example.org/cmd', 'go build output, at /ko-app/cmd'),
      '# ko build ko://example.org/cmd\n# go build output, at /ko-app/cmd',
    ],
    ['bazel', step('bazel build @debian//:base'), '# bazel build @debian//:base'],
    [
      'debuerreotype',
      step(`# debian.sh --arch 'amd64' out/ 'bookworm'`, 'debuerreotype 0.15'),
      `# debian.sh --arch 'amd64' out/ 'bookworm'\n# debuerreotype 0.15`,
    ],
    ['nix', step('', `store paths: ['/nix/store/a']`), `# store paths: ['/nix/store/a']`],
    ['docker import', step('', 'Imported from -'), '# Imported from -'],
    ['nobody', step(''), ''],
    ['docker commit', step('bash'), '# bash'],
    ['a word in capitals', step('RUNNER x'), '# RUNNER x'],
  ])('%s', (_, made, lines) => {
    expect(shown(made)).toBe(lines);
  });

  it('cannot stall us by many health checks', () => {
    const rows = Array.from({ length: 100 }, () => step(`HEALTHCHECK &{[${`] "1"'`.repeat(10_900)}`));
    expect(dockerfileOf(rows)).toHaveLength(100);
  }, 8000);

  it('cannot stall us', () => {
    for (const text of [
      `RUN /bin/sh -c ${'a && '.repeat(200_000)}`,
      `RUN /bin/sh -c ${'"'.repeat(1_000_001)}`,
      `RUN /bin/sh -c ${"'".repeat(1_000_001)}`,
      `RUN /bin/sh -c ${'\t '.repeat(500_000)}`,
      `|9 ${'A=b '.repeat(250_000)}`,
      `RUN ${'--a=b '.repeat(200_000)}`,
      `CMD [${'"\\'.repeat(500_000)}]`,
      `CMD [${'"\\'.repeat(30_000)}]`,
      `HEALTHCHECK &{[${'"1" '.repeat(10_000)}] "1s" x`,
      `EXPOSE map[${'1:{} '.repeat(200_000)}]`,
      `${' '.repeat(1_000_000)}# buildkit`,
      `${'x'.repeat(1_000_000)}#(nop)`,
      `COPY ${'--a=b '.repeat(200_000)}`,
    ]) {
      expect(dockerfileOf([step(text)])).toHaveLength(1);
    }
    // Under a second in all; what is not linear takes that long for each.
  }, 8000);
});

describe('a step', () => {
  it('keeps its whole text, and the layer that it made', () => {
    const [made] = dockerfileOf([{ ...step(`/bin/sh -c #(nop) ADD file:${HASH} in / `), layer: 4 }]);
    expect(made).toMatchObject({ instruction: 'ADD', text: `ADD file:${HASH} in /`, layer: 4 });
  });
});

describe('the lines of a command', () => {
  it('are the command, but for blanks: what the Dockerfile joins again', () => {
    const random = new Random(11);
    const pieces = [
      'apt-get update',
      ' && ',
      '; \t',
      '     ',
      ' ',
      "'a && b'",
      '"x  y"',
      '\\"',
      "don't",
      '|| ',
      '\t\t',
      'echo $X',
    ];
    const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
    for (let i = 0; i < 3000; i++) {
      const command = Array.from({ length: random.between(1, 24) }, () => random.pick(pieces))
        .join('')
        .trim();
      const lines = shellLines('RUN', command);
      expect(lines.slice(0, -1).every((line) => line.endsWith(' \\'))).toBe(true);
      const joined = lines.map((line, n) => (n < lines.length - 1 ? line.slice(0, -1) : line)).join('');
      expect(flat(joined)).toBe(flat(`RUN ${command}`));
    }
  });
});
