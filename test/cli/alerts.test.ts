import { describe, expect, it } from '@jest/globals';
import { ALARM_SLUGS } from '../../infra/alarms.ts';
import { NOT_ON_AZURE } from '../../infra/azure/alerts.ts';
import { DENIED, withAlerts } from './alerts-world.ts';
import { podroutes } from './built-command.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ago = (ms: number) => Date.now() - ms;

const FAILED_CHANGE = {
  message: 'create of the route to 10.200.1.0/24: failed',
  cidr: '10.200.1.0/24',
  action: 'create',
  outcome: 'failed',
  reason: 'claimed',
  error: 'SomeCode',
  errorMessage: 'somebody said no.',
};

const FINDING = {
  message: 'worker-3 has a claim that is no good',
  node: 'worker-3',
  reason: 'malformed-claim',
  remedy: 'Set it to 10.200.3.0/24.',
};

describe.each(['aws', 'azure'] as const)('podroutes alerts on %s', (cloud) => {
  const deployed = ALARM_SLUGS.filter((slug) => cloud === 'aws' || NOT_ON_AZURE[slug] === undefined);

  it('says that nothing fired, with exit code 0, though alarms came to be in that time', () =>
    withAlerts(cloud, async ({ deploy, alerts, mutations }) => {
      deploy(ago(HOUR));
      const { code, stdout, stderr } = await alerts('-o', 'json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ alarms: [], quiet: deployed, gaps: [] });
      expect((await alerts()).stdout).toMatch(/^No alarm fired in .+ since \S+ \S+ UTC\.\n\nQuiet: /);
      expect(mutations()).toBe(0);
    }));

  it('says that no alarm is deployed, and where it is said how', () =>
    withAlerts(cloud, async ({ alerts }) => {
      expect(await alerts()).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          new RegExp(`^podroutes: there are no alarms of kthw in .*docs/deploy-${cloud}\\.md says how\\.\n$`),
        ),
      });
    }));

  it('takes no alarm of another cluster for its own', () =>
    withAlerts(cloud, async ({ deploy, raise, alerts }) => {
      deploy(ago(48 * HOUR));
      raise('apply-failures', ago(HOUR), null);
      for (const other of ['kth', 'kthw-2']) {
        const { code, stderr } = await alerts('--cluster', other);
        expect(code).toBe(1);
        expect(stderr).toContain(`no alarms of ${other} in`);
      }
    }));

  it('shows what fires, the lines behind it, that it still holds, and its page', () =>
    withAlerts(cloud, async ({ deploy, raise, log, alerts, idOf }) => {
      deploy(ago(48 * HOUR));
      raise('apply-failures', ago(30 * MINUTE), null);
      raise('error-findings', ago(30 * MINUTE), null);
      for (const at of [ago(40 * MINUTE), ago(20 * MINUTE)]) {
        log(at, 'error', { ...FAILED_CHANGE, node: idOf('worker-1') });
        log(at, 'error', FINDING);
        log(at, 'warn', { ...FINDING, reason: 'subnet-not-routed' });
      }
      const { code, stdout } = await alerts('-o', 'json');
      expect(code).toBe(3);
      const { alarms, quiet } = JSON.parse(stdout);
      expect(alarms).toMatchObject([
        {
          ...{
            alarm: 'apply-failures',
            state: 'firing',
            holds: 'yes',
            page: 'docs/alarms/apply-failures.md',
          },
          episodes: [{ to: null }],
          causes: [{ kind: 'change', code: 'SomeCode', node: 'worker-1', cidr: '10.200.1.0/24', times: 2 }],
        },
        {
          ...{
            alarm: 'error-findings',
            state: 'firing',
            holds: 'yes',
            page: 'docs/alarms/error-findings.md',
          },
          causes: [{ kind: 'finding', code: 'malformed-claim', remedy: FINDING.remedy, times: 2 }],
        },
      ]);
      expect(alarms[1].evidence).toContain('malformed-claim of worker-3');
      expect(quiet).not.toContain('apply-failures');
    }));

  it('tells what fired and is over from what fires, and how often it did', () =>
    withAlerts(cloud, async ({ deploy, raise, alerts }) => {
      deploy(ago(48 * HOUR));
      for (const hours of [9, 6, 3]) raise('queue-age', ago(hours * HOUR), ago(hours * HOUR - 10 * MINUTE));
      raise('dead-letters', ago(2 * HOUR), null);
      const { code, stdout } = await alerts('-o', 'plain');
      expect(code).toBe(3);
      expect(
        stdout
          .trimEnd()
          .split('\n')
          .map((line) => line.split(' ').slice(0, 2)),
      ).toEqual([
        ['dead-letters', 'firing'],
        ['queue-age', 'over'],
      ]);
      const shown = (await alerts()).stdout;
      expect(shown).toMatch(/^✗ dead-letters {2}firing since \S+ \S+ UTC$/m);
      expect(shown).toMatch(/^- queue-age {2}fired 3 times, last \S+ \S+ to .*UTC, and is over$/m);
    }));

  it('looks back as far as it is asked to', () =>
    withAlerts(cloud, async ({ deploy, raise, alerts }) => {
      deploy(ago(20 * 24 * HOUR));
      raise('dead-letters', ago(15 * 24 * HOUR), null);
      raise('function-errors', ago(5 * HOUR), ago(4 * HOUR));
      raise('queue-age', ago(3 * HOUR), ago(90 * MINUTE));
      const fired = async (since: string) =>
        JSON.parse((await alerts('-o', 'json', '--since', since)).stdout).alarms.map(
          ({ alarm }: { alarm: string }) => alarm,
        );
      expect(await fired('1h')).toEqual(['dead-letters']);
      // It began before, and ended since.
      expect(await fired('2h')).toEqual(['dead-letters', 'queue-age']);
      expect(await fired('1d')).toEqual(['dead-letters', 'queue-age', 'function-errors']);
    }));

  it('holds lines of another day against no alarm', () =>
    withAlerts(cloud, async ({ deploy, raise, log, alerts }) => {
      deploy(ago(96 * HOUR));
      raise('apply-failures', ago(60 * HOUR), ago(59 * HOUR));
      log(ago(70 * HOUR), 'error', { ...FAILED_CHANGE, error: 'Before' });
      log(ago(60 * HOUR), 'error', { ...FAILED_CHANGE, error: 'Then' });
      log(ago(2 * HOUR), 'error', { ...FAILED_CHANGE, error: 'Now' });
      const { stdout } = await alerts('-o', 'json', '--since', '3d');
      expect(JSON.parse(stdout).alarms[0].causes).toMatchObject([{ code: 'Then' }]);
    }));

  it('says that what it was about holds no more, once it is mended', () =>
    withAlerts(cloud, async ({ deploy, raise, alerts, env }) => {
      deploy(ago(48 * HOUR));
      raise('apply-failures', ago(2 * HOUR), null);
      await podroutes(['reconcile', '--yes'], { ...env, PODROUTES_FORWARDING: 'ensure' });
      const { code, stdout } = await alerts('-o', 'json');
      expect(code).toBe(3);
      expect(JSON.parse(stdout).alarms).toMatchObject([
        { alarm: 'apply-failures', state: 'firing', holds: 'no' },
      ]);
    }));

  it.each(['history', 'logs', 'tables'] as const)(
    'without a permission to read the %s, names that gap and shows the rest',
    (what) =>
      withAlerts(cloud, async ({ deploy, raise, log, alerts, deny }) => {
        deploy(ago(48 * HOUR));
        raise('error-findings', ago(HOUR), null);
        raise('queue-age', ago(3 * HOUR), ago(2 * HOUR));
        log(ago(HOUR), 'error', FINDING);
        deny(what);
        const { code, stdout } = await alerts('-o', 'json');
        expect(code).toBe(1);
        const { alarms, gaps } = JSON.parse(stdout);
        expect(gaps.length).toBeGreaterThan(0);
        expect(JSON.stringify(gaps)).toContain(DENIED[cloud]);
        const [finding] = alarms.filter(({ alarm }: { alarm: string }) => alarm === 'error-findings');
        expect(finding.causes).toHaveLength(what === 'logs' ? 0 : 1);
        expect(finding.holds).toBe(what === 'tables' ? 'unseen' : 'yes');
        const [age] = alarms.filter(({ alarm }: { alarm: string }) => alarm === 'queue-age');
        expect(age.state).toBe(what === 'history' ? 'unknown' : 'over');
        const shown = (await alerts()).stdout.replaceAll('\n', ' ');
        expect(shown).toMatch(new RegExp(`Could not read the .*${DENIED[cloud]}`));
      }),
  );

  it('without a permission to read the alarms, shows what speaks for one', () =>
    withAlerts(cloud, async ({ deploy, alerts, deny }) => {
      deploy(ago(48 * HOUR));
      deny('alarms');
      const { code, stdout } = await alerts('-o', 'json');
      expect(code).toBe(1);
      const { alarms, quiet } = JSON.parse(stdout);
      expect(quiet).toEqual([]);
      expect(alarms).toMatchObject([
        { alarm: 'apply-failures', state: 'unknown', holds: 'yes' },
        { alarm: 'error-findings', state: 'unknown', holds: 'yes' },
      ]);
    }));

  it('refuses in one line where nothing can be read', () =>
    withAlerts(cloud, async ({ alerts, deny }) => {
      deny('alarms');
      deny('tables');
      const { code, stdout, stderr } = await alerts();
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^podroutes: could not read the route tables in .*\n$/);
    }));
});

describe('podroutes alerts --since', () => {
  it.each(['', '0h', '24', '1w', '31d', '-1h', '1.5h', '99999h'])('refuses "%s"', async (since) => {
    const { code, stdout, stderr } = await podroutes(['alerts', `--since=${since}`]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^podroutes: --since: expected /);
  });

  it('says what a span looks like, also where a dash makes it look like an option', async () => {
    const { code, stderr } = await podroutes(['alerts', '--since', '-1h']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'podroutes: --since: expected a span such as 30m, 24h or 7d, of 30d at most; found "-1h"\n',
    );
  });
});

describe('podroutes alerts on AWS', () => {
  it('takes the alarm for events that reached neither queue for one of dead letters', () =>
    withAlerts('aws', async ({ deploy, raise, alerts }) => {
      deploy(ago(48 * HOUR));
      raise('dead-letters-undelivered', ago(30 * MINUTE), null);
      const { stdout } = await alerts('-o', 'json');
      expect(JSON.parse(stdout).alarms).toMatchObject([
        {
          alarm: 'dead-letters',
          state: 'firing',
          names: [
            'podroutes/kthw/podroutes-kthw/dead-letters',
            'podroutes/kthw/podroutes-kthw/dead-letters-undelivered',
          ],
        },
      ]);
    }));
});
