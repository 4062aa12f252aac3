/** A registry's storage for the faces: a directory, `s3://BUCKET/PREFIX`, or what a registry's `config.yml` names. */
export { openStore, type Store } from "../../distribution/store.ts";
