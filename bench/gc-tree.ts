import { storageTree } from "../test/support/storage-tree.ts";

export interface TreeSize {
  readonly repositories: number;
  readonly manifests: number;
  readonly layers: number;
}

/** Writes a tree: the images of a repository share all layers but one. */
export function plant(directory: string, { repositories, manifests, layers }: TreeSize): void {
  const tree = storageTree(directory);
  for (let r = 0; r < repositories; r++) {
    for (let m = 0; m < manifests; m++) {
      const shared = Array.from({ length: layers - 1 }, (_, layer) => `layer ${r} ${layer}`);
      const digest = tree.image(`team/repo${r}`, { config: { r, m }, layers: [...shared, `own ${r} ${m}`] });
      tree.tag(`team/repo${r}`, `v${m}`, digest);
    }
  }
}
