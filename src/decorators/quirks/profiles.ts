import { mediaTypes } from "../../registry/image.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Transport } from "../../wire/transport.ts";
import { saying } from "./answers.ts";
import {
  boundedCatalog,
  emptyLastPage,
  layersAreManifests,
  layersFailDeletion,
  manifestsMakeRepositories,
  noReferrers,
  pathsInDetail,
  tagsAreNoDigests,
  typesMustBeAccepted,
  unknownPaths,
  unpagedTags,
} from "./distribution.ts";
import { anyCount, nullTags, ownMethods, plainUploads, untypedIsSchema1 } from "./distribution-routes.ts";
import { gitlabHeaders, ownTagPath } from "./gitlab.ts";
import { siblingsGoAlong } from "./greedy.ts";
import { tagDeletionRefused } from "./harbor.ts";
import { danglingTags, nexusHeaders, noTagDeletion } from "./nexus.ts";
import type { Quirk } from "./quirk.ts";

/** A kind of registry that the embedded registry can behave like. */
export interface Profile {
  readonly summary: string;
  /** Applied in this order: the first is innermost. */
  readonly quirks: readonly Quirk[];
}

const { ociManifest, ociIndex } = mediaTypes;

/** The profiles by name; they differ mainly in how they treat deletions. */
export const profiles: Readonly<Record<string, Profile>> = {
  oci: {
    summary: "the specification: DELETE by tag removes that tag, by digest the manifest",
    quirks: [saying({ server: "tagwise" })],
  },
  distribution2: {
    summary: "distribution 2.x: DELETE by tag is a malformed digest, by digest takes every tag",
    quirks: [
      ...[unpagedTags, boundedCatalog, noReferrers, layersAreManifests, tagsAreNoDigests],
      ...[typesMustBeAccepted(ociManifest, ociIndex), untypedIsSchema1, plainUploads, nullTags, anyCount],
      ...[ownMethods, unknownPaths],
    ],
  },
  distribution3: {
    summary: "distribution 3.x: DELETE by tag removes that tag",
    quirks: [
      ...[emptyLastPage, manifestsMakeRepositories, boundedCatalog, noReferrers, layersFailDeletion, pathsInDetail],
      ...[typesMustBeAccepted(ociManifest), untypedIsSchema1, plainUploads, ownMethods, unknownPaths],
    ],
  },
  gitlab: {
    summary: "GitLab's registry before August 2023: a tag is removed by tags/reference alone",
    quirks: [boundedCatalog, noReferrers, ownTagPath, gitlabHeaders],
  },
  harbor: {
    summary: "Harbor: DELETE by tag is refused with 400, by digest takes every tag",
    quirks: [tagDeletionRefused],
  },
  nexus: {
    summary: "Nexus 3.89: DELETE by digest leaves the tags, pointing at nothing",
    quirks: [danglingTags, noTagDeletion, nexusHeaders],
  },
  greedy: { summary: "DELETE by tag takes the siblings along", quirks: [siblingsGoAlong] },
};

/** Wraps a registry in the quirks that change what it stores and answers. */
export function behaving(registry: Registry, quirks: readonly Quirk[]): Registry {
  return quirks.reduce((inner, quirk) => quirk.registry?.(inner) ?? inner, registry);
}

/** Wraps the transport that serves a registry in the quirks that show only in HTTP. */
export function showing(transport: Transport, quirks: readonly Quirk[]): Transport {
  return quirks.reduce((inner, quirk) => quirk.transport?.(inner) ?? inner, transport);
}
