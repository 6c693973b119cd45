import { DeleteRouteCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { retellStory, tellStory } from './console.ts';
import { followGuide } from './guides/follow.ts';
import { listOutcomes, type Outcome, watchRoutes } from './guides/outcome.ts';
import { readGuides } from './guides/page.ts';
import { withSite } from './guides/site.ts';
import { listPages } from './markdown.ts';

/** What each guide of a page ends with, on every cloud: nodes, and where the block of each is named. */
const ENDS: Readonly<Record<string, readonly (readonly Outcome[])[]>> = {
  'kubernetes-the-hard-way': [times(2, node())],
  kubeadm: [times(3, node('Node object'))],
  'kubeadm-allocation': [times(3, node('tag', 'script'))],
  k3s: [times(3, node('tag', 'script')), times(3, node('Node object'))],
  kops: [times(4, { ...node('Node object'), routed: '3 of 3' })],
  karpenter: [times(1, node('tag', 'Node object'))],
  'change-source': [[...times(5, node('tag', 'Node object')), node('Node object')]],
};

/** A node with a route in the only table; where its Node object has its block, that says so. */
function node(...named: readonly string[]): Outcome {
  const unavailable = named.includes('Node object') ? 'False RouteCreated' : null;
  return { routed: '1 of 1', named, unavailable, isOpen: true };
}

function times(count: number, outcome: Outcome): Outcome[] {
  return Array.from({ length: count }, () => outcome);
}

const PAGES = await Promise.all(
  Object.entries(ENDS).map(async ([page, ends]) => ({ page, ends, guides: await readGuides(page) })),
);
const GUIDES = PAGES.flatMap(({ page, guides, ends }) => {
  const titles = [...new Set(guides.map(({ title }) => title))];
  return guides.map((guide) => ({ page, ...guide, guide, end: ends[titles.indexOf(guide.title)] }));
});

describe('Whoever follows a guide from an empty account', () => {
  it.each(GUIDES)('sees what $page.md shows, and no node loses a route: $title, $cloud', ({ guide, end }) =>
    withSite(guide, async (site) => {
      const watch = watchRoutes(site);
      const shown = await followGuide(guide, site);
      watch.look();
      expect(retellStory(guide, shown)).toEqual(tellStory(guide));
      expect(listOutcomes(site)).toEqual(end);
      expect(watch.lost).toEqual([]);
    }),
  );

  it('finds that every page is tried, with all its guides', async () => {
    const pages = (await listPages()).flatMap(
      (page) => /^docs\/guides\/([a-z].*)\.md$/.exec(page)?.[1] ?? [],
    );
    expect(pages.sort()).toEqual(Object.keys(ENDS).sort());
    const ofAws = PAGES.map(({ guides }) => guides.filter(({ cloud }) => cloud === 'aws').length);
    expect(ofAws).toEqual(PAGES.map(({ ends }) => ends.length));
  });

  it('would see that a living node has no route between two calls', async () => {
    const [guide] = await readGuides('kubernetes-the-hard-way');
    if (guide === undefined) throw new Error('expected a guide');
    const upToDeployment = guide.steps.slice(
      0,
      1 + guide.steps.findIndex(({ command }) => /^npm/.test(command)),
    );
    const steps = upToDeployment.filter(({ command }) => !command.startsWith('podroutes'));
    await withSite(guide, async (site) => {
      await followGuide({ ...guide, steps }, site);
      const { lost } = watchRoutes(site);
      const RouteTableId = site.variables.get('TABLE');
      const ec2 = new EC2Client({
        endpoint: site.variables.get('AWS_ENDPOINT_URL') ?? '',
        region: site.variables.get('AWS_REGION') ?? '',
        credentials: { accessKeyId: 'somebody', secretAccessKey: 'sandbox' },
      });
      await ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: '10.200.1.0/24' }));
      ec2.destroy();
      await site.place.deploy({ PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' });
      expect(lost).toEqual([expect.stringMatching(/^10\.200\.1\.0\/24 in rtb-\w+ to i-\w+$/)]);
      expect(listOutcomes(site)).toEqual(times(3, node()));
    });
  });
});
