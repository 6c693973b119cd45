/**
 * What clients ask a cloud for first. Between 2019 and 2022 its versions gave a list of clouds. The sandbox gives no
 * tokens: any will do.
 */
// @ts-nocheck

export function viewEndpoints(
  endpoint: string,
  version: string,
): Readonly<Record<string, unknown>> | readonly unknown[] {
  const authentication = { loginEndpoint: `${endpoint}/`, audiences: [`${endpoint}/`] };
  const oldest = {
    galleryEndpoint: `${endpoint}/`,
    graphEndpoint: `${endpoint}/`,
    portalEndpoint: `${endpoint}/`,
  };
  if (version < '2019') return { ...oldest, authentication };
  const cloud = {
    name: 'Sandbox',
    resourceManager: `${endpoint}/`,
    portal: `${endpoint}/`,
    gallery: `${endpoint}/`,
    graph: `${endpoint}/`,
    graphAudience: `${endpoint}/`,
    authentication: { ...authentication, tenant: 'common', identityProvider: 'AAD' },
    suffixes: {},
  };
  return version < '2022-09' ? [cloud] : cloud;
}
