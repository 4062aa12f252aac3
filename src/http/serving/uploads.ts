import { randomUUID } from "node:crypto";
import { RegistryError } from "../../registry/errors.ts";
import type { RepositoryName } from "../../registry/names.ts";
import type { Registry, Upload } from "../../registry/registry.ts";

/** An upload that goes on over several requests. */
export interface UploadSession {
  readonly id: string;
  readonly repository: RepositoryName;
  readonly upload: Upload;
}

/** The repository and session id in a request's path. */
export interface NamedUpload {
  readonly repository: RepositoryName;
  readonly upload: string;
}

/** The upload sessions of a server, kept in memory. */
export interface UploadSessions {
  start(repository: RepositoryName): Promise<UploadSession>;
  /** Throws `BLOB_UPLOAD_UNKNOWN`. */
  find(named: NamedUpload): UploadSession;
  /**
   * Lets one request at a time work on a session. Throws `BLOB_UPLOAD_UNKNOWN`, `BLOB_UPLOAD_INVALID` while another
   * does.
   */
  use<Result>(named: NamedUpload, work: (session: UploadSession) => Promise<Result>): Promise<Result>;
  forget(session: UploadSession): void;
}

/** When sessions expire. */
export interface UploadSessionOptions {
  /** Milliseconds after which a session that nobody writes to is given up. */
  readonly idle?: number;
  readonly now?: () => number;
}

interface Kept extends UploadSession {
  busy: boolean;
  used: number;
}

/** Keeps the uploads that are under way. What was left idle is cancelled when the next session starts. */
export function uploadSessions(
  registry: Pick<Registry, "openUpload">,
  { idle = 60 * 60 * 1000, now = Date.now }: UploadSessionOptions = {},
): UploadSessions {
  const sessions = new Map<string, Kept>();
  const isOver = ({ busy, used }: Kept) => !busy && now() - used > idle;

  async function expire(): Promise<void> {
    for (const session of [...sessions.values()].filter(isOver)) {
      sessions.delete(session.id);
      await session.upload.cancel().catch(() => {}); // whoever comes next is not to suffer for it
    }
  }
  function find({ repository, upload }: NamedUpload): Kept {
    const found = sessions.get(upload);
    if (found?.repository !== repository || isOver(found))
      throw new RegistryError("BLOB_UPLOAD_UNKNOWN", "no such upload");
    return found;
  }

  return {
    async start(repository) {
      await expire();
      const upload = await registry.openUpload(repository);
      const session = { id: randomUUID(), repository, upload, busy: false, used: now() };
      sessions.set(session.id, session);
      return session;
    },
    find,
    async use(named, work) {
      const session = find(named);
      if (session.busy) {
        throw new RegistryError("BLOB_UPLOAD_INVALID", "another request writes to this upload", { status: 409 });
      }
      session.busy = true;
      try {
        return await work(session);
      } finally {
        session.busy = false;
        session.used = now();
      }
    },
    forget: ({ id }) => void sessions.delete(id),
  };
}
