export {
  type Collection,
  type CollectOptions,
  collectGarbage,
  type StoreWork,
} from "./app/collecting/collect-garbage.ts";
export { type CollectionDocument, collectionDocument } from "./app/collecting/collection-document.ts";
export {
  collectorRuns,
  purgeCollection,
  type RunChange,
  type RunDocument,
  restoreCollection,
} from "./app/collecting/collector-runs.ts";
export { type DoctorDocument, type DoctorOptions, examine } from "./app/doctor.ts";
export type { ImageConfig } from "./app/reading/image-config.ts";
export { type Inspection, type InspectOptions, inspectManifest } from "./app/reading/inspect-manifest.ts";
export { type InspectionDocument, inspectionDocument } from "./app/reading/inspection-document.ts";
export { type ListRepositoriesOptions, listRepositories } from "./app/reading/list-repositories.ts";
export { type ListedTag, type ListTagsOptions, listTags, type TagsEvent } from "./app/reading/list-tags.ts";
export type { ManifestFacts, TypedContent } from "./app/reading/manifest-facts.ts";
export { type TagDocument, tagDocument, tagDocumentAmong } from "./app/reading/tag-document.ts";
export { ordered, type SortKey, sharersByDigest } from "./app/reading/tag-order.ts";
export { type HistoryDocument, type HistoryOperation, history } from "./app/removing/history.ts";
export { type PlanOptions, planRemoval, type RemovalRequest } from "./app/removing/plan-removal.ts";
export {
  exitCodeOf,
  type RemovalDocument,
  type RemovalDocumentTag,
  removalDocument,
} from "./app/removing/removal-document.ts";
export { type Places, type Removal, type RemoveOptions, removeTags } from "./app/removing/remove-tags.ts";
export {
  findUndoable,
  type TagName,
  type UndoOptions,
  type UndoQuery,
  type UndoRequest,
  undoRemoval,
} from "./app/removing/undo-removal.ts";
export { fillWithSamples, type SampleTag } from "./app/serving/sample-images.ts";
export { behaviours, type ServedRegistry, type ServeOptions, serveRegistry } from "./app/serving/serve-registry.ts";
export { openSession, type Session, type SessionOptions } from "./app/session.ts";
export { systemClock } from "./app/this-machine.ts";
export { usualOptions } from "./app/usual-options.ts";
export { type ContentStore, cached } from "./decorators/cached.ts";
export { type Interceptor, intercept, type RegistryCall } from "./decorators/intercept.ts";
export { readOnly } from "./decorators/read-only.ts";
export { type RetryingOptions, retrying } from "./decorators/retrying.ts";
export type { DriverOptions, StorageDriver } from "./distribution/drivers/driver.ts";
export { type DistributionOptions, distributionRegistry } from "./distribution/registry.ts";
export { openStore, type Store } from "./distribution/store.ts";
export { httpRegistry } from "./http/client/client.ts";
export { type ConnectionOptions, connection } from "./http/connection/connection.ts";
export type { Exchange, Observer } from "./http/connection/observed.ts";
export type { TlsSettings } from "./http/connection/tls.ts";
export type { Credentials, CredentialsSource, Environment } from "./http/credentials/credentials.ts";
export { type CredentialsOptions, credentialsFrom } from "./http/credentials/source.ts";
export { type HandlerOptions, registryHandler } from "./http/serving/handler.ts";
export { type Listening, type ListenOptions, listen } from "./http/serving/listen.ts";
export { memoryRegistry } from "./memory/memory.ts";
export {
  hasCode,
  isAbsent,
  RegistryError,
  type RegistryErrorCode,
  type RegistryErrorOptions,
} from "./registry/errors.ts";
export {
  type Descriptor,
  describe,
  type Manifest,
  type ManifestContent,
  type ManifestKind,
  mediaTypes,
  type Platform,
  parseManifest,
} from "./registry/image.ts";
export {
  type Digest,
  parseDigest,
  parseReference,
  parseRepositoryName,
  parseTag,
  type Reference,
  type RepositoryName,
  type Tag,
} from "./registry/names.ts";
export { allOf, everyPage } from "./registry/pages.ts";
export {
  formatReference,
  type ImageReference,
  parseImageReference,
  parseRegistryPrefix,
  type ReferenceOptions,
  type RegistryAddress,
} from "./registry/reference.ts";
export type {
  Blob,
  ByteRange,
  ManifestDeletionOptions,
  Page,
  PageRequest,
  ReferrersRequest,
  Registry,
  TagDeletionPath,
  Upload,
} from "./registry/registry.ts";
export type { Clock } from "./support/clock.ts";
export type { Emit, Phase, UntagEvent } from "./untag/events.ts";
export type { Fingerprint } from "./untag/fingerprint.ts";
export type { Intent, Journal, JournalStep, Operation, OperationTag, Unreadable } from "./untag/journal/journal.ts";
export { journalIn } from "./untag/journal/journal-file.ts";
export type { StrategyName, TagOutcome } from "./untag/outcome.ts";
export type { PlanLine, PlanRules, RehearsalNeed, RepositoryPlan } from "./untag/plan.ts";
export type { Capability, Deletion, Finding } from "./untag/probe.ts";
export type { ReportedTag, RepositoryReport } from "./untag/report.ts";
export type { Original, TagTarget } from "./untag/survey.ts";
export type { Proof } from "./untag/verify.ts";
export type { Headers, Request, Response, Transport } from "./wire/transport.ts";
