import { describe, expect, it } from '@jest/globals';
import { createTelemetry } from '../../functions/azure/runtime.ts';
import { renderPage } from '../../functions/cli/html/page.ts';
import { readReport } from '../../functions/cli/html/read-report.ts';
import { template } from '../../infra/azure/template.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { readConfig } from '../../shared/core/config/config.ts';
import { podroutes } from '../cli/built-command.ts';
import { reportOf, SMALL, smallCloud } from '../cli/html/sample-reports.ts';
import { readText } from '../docs/markdown.ts';
import { SCHEDULED, withFunction } from '../e2e/deployment.ts';
import { MINIMAL, synthesize } from '../infra/aws/synthesis.ts';

const { version } = packageJson;

describe('The version of package.json is said', () => {
  it.each([['--version'], ['version']])('by podroutes %s', async (argument) => {
    expect(await podroutes([argument])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('by what the Lambda functions log and report', () =>
    withFunction('reconcile', { env: { POWERTOOLS_LOG_LEVEL: 'DEBUG' } }, async ({ host }) => {
      expect(await host.invoke(SCHEDULED)).toMatchObject({ ok: true, value: { version } });
      const lines = host.takeLogs().filter((line) => 'message' in line);
      expect(lines).not.toEqual([]);
      expect(lines.filter((line) => line['version'] !== version)).toEqual([]);
    }));

  it('by what the Azure functions log', () => {
    const config = readConfig(
      { PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' },
      'azure',
    );
    if (!config.ok) throw new Error(config.problems.join());
    const lines: string[] = [];
    const context = { info: (line: string) => lines.push(line) };
    createTelemetry(Object(context), config.config).log('info', 'a line', {});
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ message: 'a line', cluster: 'kthw', version }]);
  });

  it('by the page of a report, for itself and for the report', async () => {
    const report = { ...(await reportOf(smallCloud(), SMALL)), version: '0.0.7' };
    expect(renderPage(report)).toContain(`Made by podroutes ${version} from a report of podroutes 0.0.7;`);
    const { version: _, ...older } = report;
    const read = readReport(JSON.stringify(older));
    if (!read.ok) throw new Error(read.problem);
    expect(renderPage(read.report)).toContain('from a report of podroutes before 0.1.0;');
  });

  it('by the AWS stack', () => {
    const outputs = Object.values(synthesize(MINIMAL).findOutputs('*', { Value: version }));
    expect(outputs).toHaveLength(1);
  });

  it('by the Azure template, and by what is deployed of it', () => {
    expect(template).toMatchObject({ metadata: { version }, outputs: { version: { value: version } } });
  });

  it('by the package of the Azure functions', async () => {
    expect(JSON.parse(await readText('dist/azure/package.json'))).toMatchObject({ version });
  });
});
