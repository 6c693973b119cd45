// @ts-nocheck
import {
  CloudWatchClient,
  GetDashboardCommand,
  ListDashboardsCommand,
  PutDashboardCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeQueryDefinitionsCommand,
  PutQueryDefinitionCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it } from '@jest/globals';
import { clientConfig, createClock, refusal, text, withSandbox } from './setup.ts';

describe('Dashboards of the sandbox CloudWatch', () => {
  const DashboardBody = JSON.stringify({
    widgets: [{ type: 'text', properties: { markdown: '# Routen ✓' } }],
  });

  it('are put, listed and read as they were put', () => {
    const clock = createClock();
    return withSandbox({ now: clock.now }, async ({ sandbox }) => {
      const cloudWatch = new CloudWatchClient(clientConfig(sandbox));
      const put = (DashboardName: string) =>
        cloudWatch.send(new PutDashboardCommand({ DashboardName, DashboardBody }));
      expect((await put('podroutes-kthw')).DashboardValidationMessages).toEqual([]);
      await put('other');
      const { DashboardEntries } = await cloudWatch.send(
        new ListDashboardsCommand({ DashboardNamePrefix: 'podroutes-' }),
      );
      const DashboardArn = `arn:aws:cloudwatch::${sandbox.account}:dashboard/podroutes-kthw`;
      expect(DashboardEntries).toEqual([
        {
          DashboardName: 'podroutes-kthw',
          DashboardArn,
          LastModified: new Date(clock.now()),
          Size: Buffer.byteLength(DashboardBody),
        },
      ]);
      const got = await cloudWatch.send(new GetDashboardCommand({ DashboardName: 'podroutes-kthw' }));
      expect(got).toMatchObject({ DashboardName: 'podroutes-kthw', DashboardArn, DashboardBody });
      cloudWatch.destroy();
    });
  });

  it('are refused where they are not there, or not JSON', () =>
    withSandbox({}, async ({ sandbox }) => {
      const cloudWatch = new CloudWatchClient(clientConfig(sandbox));
      const missing = cloudWatch.send(new GetDashboardCommand({ DashboardName: 'none' }));
      expect(await refusal(missing)).toMatchObject({ status: 404 });
      const wrong = new PutDashboardCommand({ DashboardName: 'a', DashboardBody: '{' });
      expect(await refusal(cloudWatch.send(wrong))).toMatchObject({ status: 400 });
      cloudWatch.destroy();
    }));
});

describe('Saved queries of the sandbox CloudWatch Logs', () => {
  it('are put, changed and described page by page', () => {
    const clock = createClock();
    return withSandbox({ now: clock.now }, async ({ sandbox }) => {
      const logs = new CloudWatchLogsClient(clientConfig(sandbox));
      const put = async (name: string, queryString: string, queryDefinitionId?: string) =>
        text(
          (await logs.send(new PutQueryDefinitionCommand({ name, queryString, queryDefinitionId })))
            .queryDefinitionId,
        );
      const id = await put('podroutes/decisions', 'fields @message');
      await put('podroutes/failures', 'filter level = "error"');
      await put('other', 'fields @timestamp');
      expect(await put('podroutes/decisions', 'fields action, cidr', id)).toBe(id);
      const page = { queryDefinitionNamePrefix: 'podroutes/', maxResults: 1 };
      const first = await logs.send(new DescribeQueryDefinitionsCommand(page));
      expect(first.queryDefinitions).toEqual([
        {
          queryDefinitionId: id,
          queryLanguage: 'CWLI',
          name: 'podroutes/decisions',
          queryString: 'fields action, cidr',
          logGroupNames: [],
          lastModified: clock.now(),
        },
      ]);
      const { nextToken } = first;
      const second = await logs.send(new DescribeQueryDefinitionsCommand({ ...page, nextToken }));
      expect(second.queryDefinitions?.map(({ name }) => name)).toEqual(['podroutes/failures']);
      expect(second.nextToken).toBeUndefined();
      const unknown = put('a', 'b', '00000000-0000-0000-0000-000000000000');
      expect(await refusal(unknown)).toMatchObject({ code: 'ResourceNotFoundException' });
      logs.destroy();
    });
  });
});
