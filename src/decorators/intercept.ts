import type { Registry } from "../registry/registry.ts";

/** One call to a registry: its method and arguments. */
export type RegistryCall = {
  [Method in keyof Registry]: { readonly method: Method; readonly args: Parameters<Registry[Method]> };
}[keyof Registry];

/** Runs in place of a call; `proceed` makes the call, and may be used never, once or repeatedly. */
export type Interceptor = <Result>(call: RegistryCall, proceed: () => Promise<Result>) => Promise<Result>;

/** Sends every call to a registry through one interceptor. */
export function intercept(registry: Registry, through: Interceptor): Registry {
  return {
    listRepositories: (...args) =>
      through({ method: "listRepositories", args }, () => registry.listRepositories(...args)),
    listTags: (...args) => through({ method: "listTags", args }, () => registry.listTags(...args)),
    listReferrers: (...args) => through({ method: "listReferrers", args }, () => registry.listReferrers(...args)),
    resolve: (...args) => through({ method: "resolve", args }, () => registry.resolve(...args)),
    getManifest: (...args) => through({ method: "getManifest", args }, () => registry.getManifest(...args)),
    putManifest: (...args) => through({ method: "putManifest", args }, () => registry.putManifest(...args)),
    deleteManifest: (...args) => through({ method: "deleteManifest", args }, () => registry.deleteManifest(...args)),
    deleteTag: (...args) => through({ method: "deleteTag", args }, () => registry.deleteTag(...args)),
    statBlob: (...args) => through({ method: "statBlob", args }, () => registry.statBlob(...args)),
    getBlob: (...args) => through({ method: "getBlob", args }, () => registry.getBlob(...args)),
    openUpload: (...args) => through({ method: "openUpload", args }, () => registry.openUpload(...args)),
    mountBlob: (...args) => through({ method: "mountBlob", args }, () => registry.mountBlob(...args)),
    deleteBlob: (...args) => through({ method: "deleteBlob", args }, () => registry.deleteBlob(...args)),
  };
}
