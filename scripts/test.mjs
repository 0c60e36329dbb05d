/** `npm test`: all that CI runs, in order, to the first failure. Installs what is missing. The last line counts. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, ROOT } from './packages.mjs';
import { findChromium, findFirefox, installTools } from './tools.mjs';

const REPORTS = join(ROOT, '.cache/reports');
const VITEST_REPORT = join(REPORTS, 'vitest.json');
const PLAYWRIGHT_REPORT = join(REPORTS, 'playwright.json');

/** Each with the arguments of `node`; every one prints what it finds. */
const STEPS = [
  { title: 'format', run: ['node_modules/prettier/bin/prettier.cjs', '--check', '.'] },
  { title: 'types', run: ['node_modules/svelte-check/bin/svelte-check', '--fail-on-warnings'] },
  {
    title: 'unit tests, and the test that keeps the floors apart',
    run: [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${VITEST_REPORT}`,
    ],
    count: countVitest,
  },
  { title: 'build', run: ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'] },
  { title: 'what the build may not have', run: ['scripts/check-build.mjs'] },
  {
    title: 'journeys in Chromium, Firefox and WebKit, against real registries',
    run: ['node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e', '--reporter', 'list,json'],
    count: countPlaywright,
  },
];

installPackages();
installTools();
const env = {
  ...process.env,
  PLAYWRIGHT_CHROMIUM: findChromium(),
  FIREFOX: findFirefox(),
  PLAYWRIGHT_JSON_OUTPUT_NAME: PLAYWRIGHT_REPORT,
};

rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

const total = { passed: 0, failed: 0, skipped: [] };
const timings = [];
for (const { title, run, count } of STEPS) {
  console.log(`\n=== ${title}\n`);
  const start = performance.now();
  const { status } = spawnSync(process.execPath, run, { cwd: ROOT, stdio: 'inherit', env });
  timings.push(`${((performance.now() - start) / 1000).toFixed(1).padStart(7)} s  ${title}`);
  const counted = count?.() ?? { passed: 0, failed: 0, skipped: [] };
  total.passed += counted.passed;
  // A step that failed without a failing test (a format error, a crash) is one failure.
  total.failed += status === 0 ? 0 : Math.max(1, counted.failed);
  total.skipped.push(...counted.skipped);
  if (status !== 0) {
    console.log(`\n!!! failed: ${title}`);
    break;
  }
}

console.log(`\n=== summary\n\n${timings.join('\n')}\n`);
for (const title of total.skipped) console.log(`skipped: ${title}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

function countVitest() {
  const report = readReport(VITEST_REPORT);
  if (report === null) return { passed: 0, failed: 0, skipped: [] };
  const skipped = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => fullName);
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped };
}

function countPlaywright() {
  const report = readReport(PLAYWRIGHT_REPORT);
  if (report === null) return { passed: 0, failed: 0, skipped: [] };
  const { expected, unexpected, flaky } = report.stats;
  const skipped = [];
  const visit = (suite) => {
    for (const spec of suite.specs ?? []) {
      if (spec.tests.some(({ status }) => status === 'skipped')) skipped.push(`${spec.file}: ${spec.title}`);
    }
    for (const child of suite.suites ?? []) visit(child);
  };
  for (const suite of report.suites) visit(suite);
  return { passed: expected + flaky, failed: unexpected, skipped };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
