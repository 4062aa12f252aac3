/** Opens a registry's storage: a directory, `s3://BUCKET/PREFIX`, or the one that a registry's `config.yml` names. */
export { openStore, type Store } from "../../distribution/store.ts";
