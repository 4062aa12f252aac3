import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Runs what people come for before anything else, so that a failure there is the first that is told. */
export class FirstPathFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isFirst = ({ moduleId }: TestSpecification) => moduleId.endsWith("/first-path.test.ts");
    return [...sorted.filter(isFirst), ...sorted.filter((file) => !isFirst(file))];
  }
}
