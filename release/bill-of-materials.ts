import { ComponentType, HashAlgorithm } from '@cyclonedx/cyclonedx-library/Enums';
import {
  Bom,
  Component,
  HashDictionary,
  LicenseExpression,
  Property,
  SpdxLicense,
} from '@cyclonedx/cyclonedx-library/Models';
import { JSON as Json, JsonSerializer } from '@cyclonedx/cyclonedx-library/Serialize';
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec';
import type { BundledPackage } from './bundled-packages.ts';

/** In which bundles a package is: a vulnerability in a package of the command line alone is none of the functions. */
const BUNDLE_PROPERTY = 'podroutes:bundle';

/**
 * The software bill of materials, of which nothing says when or where it was made, so that it is the same each time.
 *
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function describeBill(version: string, packages: readonly BundledPackage[]): string {
  const podroutes = new Component(ComponentType.Application, 'podroutes', {
    version,
    bomRef: purlOf('podroutes', version),
    purl: purlOf('podroutes', version),
  });
  podroutes.licenses.add(new SpdxLicense('Apache-2.0'));
  const bom = new Bom();
  bom.metadata.component = podroutes;
  for (const component of packages.map(toComponent)) {
    bom.components.add(component);
    podroutes.dependencies.add(component.bomRef);
  }
  const serializer = new JsonSerializer(new Json.Normalize.Factory(Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function toComponent({ name, version, licence, sha512, bundles }: BundledPackage): Component {
  const [last = '', group] = name.split('/').reverse();
  const component = new Component(ComponentType.Library, last, {
    ...(group !== undefined && { group }),
    version,
    bomRef: purlOf(name, version),
    purl: purlOf(name, version),
    hashes: new HashDictionary([[HashAlgorithm['SHA-512'], sha512]]),
  });
  component.licenses.add(/[ (]/.test(licence) ? new LicenseExpression(licence) : new SpdxLicense(licence));
  for (const bundle of bundles) component.properties.add(new Property(BUNDLE_PROPERTY, bundle));
  return component;
}

/** @see https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md */
function purlOf(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}
