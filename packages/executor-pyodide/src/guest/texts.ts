// Written by build-guest.ts; not to be changed by hand.

/** What a process runs. */
export const PROCESS_GUEST: string = `// src/guest/process-entry.ts
import { Worker } from "node:worker_threads";

// src/guest/guest-port.ts
var ParentGone = class extends Error {
  name = "ParentGone";
};

// src/host/errno.ts
var ERRNO = {
  EACCES: 2,
  EAFNOSUPPORT: 5,
  EAGAIN: 6,
  EBADF: 8,
  EBUSY: 10,
  EEXIST: 20,
  EFAULT: 21,
  EFBIG: 22,
  EINTR: 27,
  EINVAL: 28,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  ENAMETOOLONG: 37,
  ENODEV: 43,
  ENOENT: 44,
  ENOMEM: 48,
  ENOSPC: 51,
  ENOSYS: 52,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  ENOTSOCK: 57,
  ENOTTY: 59,
  ENXIO: 60,
  EOVERFLOW: 61,
  EPERM: 63,
  EPIPE: 64,
  ERANGE: 68,
  EROFS: 69,
  ESPIPE: 70,
  EOPNOTSUPP: 138
};
var CallError = class extends Error {
  name = "CallError";
  code;
  constructor(code) {
    super(code);
    this.code = code;
  }
  get errno() {
    return ERRNO[this.code];
  }
};

// src/host/file-system/byte-text.ts
function byteText(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
function bytesOf(text) {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
function toByteText(text) {
  return byteText(encoder.encode(text));
}
function fromByteText(text) {
  try {
    return decoder.decode(bytesOf(text));
  } catch {
    return void 0;
  }
}
var encoder = new TextEncoder();
var decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// src/host/file-system/content.ts
var StoredContent = class {
  isReadOnly = false;
  #size = 0;
  #pieces = [];
  #quota;
  constructor(quota) {
    this.#quota = quota;
  }
  get size() {
    return this.#size;
  }
  read(target, position) {
    const length = Math.max(0, Math.min(target.length, this.#size - position));
    for (const part of partsOf(position, length)) {
      const piece = this.#pieces[part.piece];
      const stored2 = piece?.subarray(part.start, part.end);
      if (stored2 !== void 0) target.set(stored2, part.done);
      target.fill(0, part.done + (stored2?.length ?? 0), part.done + part.end - part.start);
    }
    return length;
  }
  write(bytes, position) {
    if (bytes.length === 0) return;
    const end = position + bytes.length;
    if (end > this.#size) this.#grow(end);
    for (const part of partsOf(position, bytes.length)) {
      this.#pieceFor(part.piece, part.end).set(bytes.subarray(part.done, part.done + part.end - part.start), part.start);
    }
  }
  resize(size) {
    if (size > this.#size) this.#grow(size);
    else this.#shrink(size);
  }
  #grow(size) {
    if (size > this.#quota.maxBytes) throw new CallError("EFBIG");
    this.#quota.takeBytes(size - this.#size);
    this.#size = size;
  }
  #shrink(size) {
    this.#quota.takeBytes(size - this.#size);
    this.#size = size;
    this.#pieces.length = Math.min(this.#pieces.length, Math.ceil(size / PIECE_BYTES));
    this.#pieces[Math.floor(size / PIECE_BYTES)]?.fill(0, size % PIECE_BYTES);
  }
  #pieceFor(index, bytes) {
    const piece = this.#pieces[index];
    if (piece !== void 0 && piece.length >= bytes) return piece;
    const larger = new Uint8Array(roomFor(bytes));
    if (piece !== void 0) larger.set(piece);
    this.#pieces[index] = larger;
    return larger;
  }
};
var ForeignContent = class {
  isReadOnly = true;
  #source;
  constructor(source) {
    this.#source = source;
  }
  get size() {
    return this.#source.size;
  }
  read(target, position) {
    const length = Math.max(0, Math.min(target.length, this.size - position));
    if (length > 0) this.#source.read(target.subarray(0, length), position);
    return length;
  }
  write() {
    throw new CallError("EROFS");
  }
  resize() {
    throw new CallError("EROFS");
  }
};
function* partsOf(position, length) {
  let done = 0;
  while (done < length) {
    const piece = Math.floor((position + done) / PIECE_BYTES);
    const start = (position + done) % PIECE_BYTES;
    const end = Math.min(PIECE_BYTES, start + length - done);
    yield { piece, start, end, done };
    done += end - start;
  }
}
function roomFor(bytes) {
  let room = LEAST_BYTES;
  while (room < bytes) room *= 2;
  return room;
}
var PIECE_BYTES = 65536;
var LEAST_BYTES = 256;

// src/host/file-system/volume.ts
var Volume = class {
  root;
  workingFolder;
  /** Permission bits that new files do not get. */
  mask = 18;
  quota;
  #date;
  #lastNumber = 0;
  /** \`date\` gives milliseconds since 1970. */
  constructor(quota, date) {
    this.quota = quota;
    this.#date = date;
    this.root = this.newFolder(void 0, "", 493, "fixed");
    this.workingFolder = this.root;
  }
  /** Nanoseconds since 1970. */
  now() {
    return BigInt(Math.round(this.#date() * 1e3)) * 1000n;
  }
  newFolder(parent, name, permissions, owner) {
    const base = this.#newBase(permissions, owner);
    const folder = { ...base, kind: "folder", entries: /* @__PURE__ */ new Map(), parent, name };
    if (parent === void 0) folder.parent = folder;
    return folder;
  }
  newFile(permissions, owner, content = new StoredContent(this.quota)) {
    return { ...this.#newBase(permissions, owner), kind: "file", content, openings: 0, revision: 0 };
  }
  newLink(target, owner) {
    return { ...this.#newBase(511, owner), kind: "link", target };
  }
  newDevice(device, kind) {
    return { ...this.#newBase(438, "fixed"), kind, device };
  }
  newPipe() {
    return { ...this.#newBase(384, "fixed"), kind: "pipe", waiting: [], waitingBytes: 0, readers: 1, writers: 1 };
  }
  /** Gives a node a name in a folder, in place of what had it. */
  enter(folder, name, node) {
    folder.entries.set(name, node);
    if (node.kind === "folder") {
      node.parent = folder;
      node.name = name;
    }
    this.touchFolder(folder);
  }
  /** Takes the name away, and what it stood for where nothing else holds it. */
  removeEntry(folder, name, node) {
    folder.entries.delete(name);
    this.touchFolder(folder);
    this.drop(node);
  }
  /** No name leads to it any more. */
  drop(node) {
    node.isLinked = false;
    node.changedNs = this.now();
    this.release(node);
  }
  /** Gives back what a node took from the quotas, once it has no name and is not open. */
  release(node) {
    if (node.isLinked || node.kind === "file" && node.openings > 0) return;
    if (node.kind === "file" && !node.content.isReadOnly) node.content.resize(0);
    if (!node.isFixed) this.quota.giveFile();
  }
  touchFolder(folder) {
    folder.modifiedNs = folder.changedNs = this.now();
  }
  /** The bytes of a file were changed by the program. */
  touchFile(file) {
    file.revision += 1;
    file.modifiedNs = file.changedNs = this.now();
  }
  #newBase(permissions, owner) {
    const isFixed = owner === "fixed";
    if (!isFixed) this.quota.takeFile();
    this.#lastNumber += 1;
    const now = this.now();
    return { number: this.#lastNumber, permissions, isLinked: true, isFixed, accessedNs: now, modifiedNs: now, changedNs: now };
  }
};
function checkPermission(node, wanted) {
  if ((node.permissions & wanted) !== wanted) throw new CallError("EACCES");
}
var MAY_READ = 256;
var MAY_WRITE = 128;
var MAY_SEARCH = 64;

// src/host/file-system/walk.ts
function find(volume, path, start, follow = "yes") {
  const place = walk(volume, path, start, follow);
  const { node, isFolderWanted } = place;
  if (node === void 0) throw missing(place);
  if (isFolderWanted && node.kind !== "folder") throw new CallError("ENOTDIR");
  return node;
}
function walk(volume, path, start, follow) {
  checkPath(path);
  let folder = path.startsWith("/") ? volume.root : start;
  let isFolderWanted = path.endsWith("/");
  const names = namesOf(path).reverse();
  let links = 0;
  let place = { folder: folder.parent, name: "", node: folder };
  for (let name = names.pop(); name !== void 0; name = names.pop()) {
    const isLast = names.length === 0;
    checkPermission(folder, MAY_SEARCH);
    const node = lookUp(folder, name);
    if (isLast && isFolderWanted && follow === "file") throw new CallError("EISDIR");
    if (node?.kind === "link" && (!isLast || isFollowed(follow, isFolderWanted))) {
      links += 1;
      if (links > MOST_LINKS) throw new CallError("ELOOP");
      if (isLast && node.target.endsWith("/")) isFolderWanted = true;
      if (node.target.startsWith("/")) folder = volume.root;
      place = { folder: folder.parent, name: "", node: folder };
      names.push(...namesOf(node.target).reverse());
      continue;
    }
    place = { folder, name, node };
    if (isLast) break;
    if (node === void 0) throw missing(place);
    if (node.kind !== "folder") throw new CallError("ENOTDIR");
    folder = node;
  }
  return { ...place, isFolderWanted };
}
function missing({ folder, name }) {
  return new CallError(folder.isLinked && name.length > MOST_NAME_BYTES ? "ENAMETOOLONG" : "ENOENT");
}
function checkNewName({ folder, name }) {
  if (!folder.isLinked) throw new CallError("ENOENT");
  if (name.length > MOST_NAME_BYTES) throw new CallError("ENAMETOOLONG");
  checkPermission(folder, MAY_WRITE);
}
function checkPath(path) {
  if (path === "") throw new CallError("ENOENT");
  if (path.length >= MOST_PATH_BYTES) throw new CallError("ENAMETOOLONG");
}
function pathOf(volume, folder) {
  if (folder === volume.root) return "/";
  let path = "";
  for (let inner = folder; inner !== volume.root; inner = inner.parent) {
    path = \`/\${inner.name}\${path}\`;
    if (!inner.isLinked || path.length >= MOST_PATH_BYTES) return void 0;
  }
  return path;
}
function isFollowed(follow, isFolderWanted) {
  return follow === "yes" || follow === "file" || follow === "slash" && isFolderWanted;
}
function lookUp(folder, name) {
  if (name === ".") return folder;
  if (name === "..") return folder.parent;
  return folder.entries.get(name);
}
function namesOf(path) {
  return path.split("/").filter((name) => name !== "");
}
var MOST_PATH_BYTES = 4096;
var MOST_NAME_BYTES = 255;
var MOST_LINKS = 16;

// src/host/file-system/host-files.ts
function makeFolders(volume, path, owner) {
  const names = toByteText(path).split("/").filter((name) => name !== "");
  let folder = volume.root;
  for (const name of names) {
    const node = inside(volume, folder, name);
    if (node === void 0) {
      const inner = volume.newFolder(folder, name, 493, owner);
      volume.enter(folder, name, inner);
      folder = inner;
    } else if (node.kind === "folder") folder = node;
    else throw new CallError("ENOTDIR");
  }
  return folder;
}
function put(volume, path, node, folderOwner) {
  const { folder, name } = parentOf(volume, path, folderOwner);
  const old = folder.entries.get(name);
  if (old?.kind === "folder") throw new CallError("EISDIR");
  volume.enter(folder, name, node);
  if (old !== void 0) volume.drop(old);
  return prefixOf(volume, folder) + name;
}
function mountFile(volume, path, content) {
  put(volume, path, volume.newFile(292, "fixed", new ForeignContent(content)), "fixed");
}
function createFile(volume, onPlaced) {
  const content = new StoredContent(volume.quota);
  let isPlaced = false;
  return {
    write: (bytes) => content.write(bytes, content.size),
    place: (path) => {
      const file = volume.newFile(420, "program", isPlaced ? copyOf(volume, content) : content);
      try {
        onPlaced(put(volume, path, file, "program"), file);
      } catch (error) {
        volume.quota.giveFile();
        if (isPlaced) file.content.resize(0);
        throw error;
      }
      isPlaced = true;
    },
    discard: () => {
      if (!isPlaced) content.resize(0);
    }
  };
}
function regularFile(volume, path) {
  try {
    const text = toByteText(path);
    const { folder, name, node } = walk(volume, text, volume.root, "no");
    return node?.kind === "file" && prefixOf(volume, folder) + name === text ? node : void 0;
  } catch (error) {
    if (error instanceof CallError) return void 0;
    throw error;
  }
}
function removeRegularFile(volume, path) {
  if (regularFile(volume, path) === void 0) return void 0;
  const { folder, name, node } = walk(volume, toByteText(path), volume.root, "no");
  if (node?.kind !== "file" || node.isFixed) return void 0;
  volume.removeEntry(folder, name, node);
  return prefixOf(volume, folder) + name;
}
function listFiles(volume, folderPath) {
  const files = [];
  for (const { path, file } of filesBelow(folderAt(volume, folderPath).folder)) {
    const readable = fromByteText(path);
    if (readable !== void 0) files.push({ path: readable, size: file.content.size });
  }
  return files.sort(byPath);
}
function folderAt(volume, path) {
  const folder = find(volume, toByteText(path), volume.root);
  if (folder.kind !== "folder") throw new CallError("ENOTDIR");
  return { folder, prefix: prefixOf(volume, folder) };
}
function* filesBelow(top) {
  const waiting = [{ folder: top, prefix: "", depth: 0 }];
  for (let next = waiting.pop(); next !== void 0; next = waiting.pop()) {
    for (const [name, node] of next.folder.entries) {
      const path = next.prefix + name;
      if (node.kind === "folder" && next.depth < MOST_DEPTH) waiting.push({ folder: node, prefix: \`\${path}/\`, depth: next.depth + 1 });
      if (node.kind === "file") yield { path, file: node };
    }
  }
}
function byPath(one, other) {
  if (one.path === other.path) return 0;
  let start = 0;
  while (start < one.path.length && one.path[start] === other.path[start]) start += 1;
  const isInFolder = one.path.includes("/", start);
  if (isInFolder !== other.path.includes("/", start)) return isInFolder ? 1 : -1;
  if (one.path[start] === "/" || other.path[start] === "/") return one.path[start] === "/" ? -1 : 1;
  return one.path < other.path ? -1 : 1;
}
function inside(volume, folder, name) {
  try {
    return find(volume, name, folder);
  } catch (error) {
    if (error instanceof CallError && error.code === "ENOENT") return void 0;
    throw error;
  }
}
function parentOf(volume, path, owner) {
  const slash = path.lastIndexOf("/");
  const name = toByteText(path.slice(slash + 1));
  if (!path.startsWith("/") || name === "" || name === "." || name === "..") throw new CallError("EINVAL");
  if (name.length > MOST_NAME_BYTES) throw new CallError("ENAMETOOLONG");
  return { folder: makeFolders(volume, path.slice(0, slash), owner), name };
}
function copyOf(volume, content) {
  const copy = new StoredContent(volume.quota);
  copy.resize(content.size);
  const piece = new Uint8Array(COPIED_BYTES);
  for (let position = 0; position < content.size; ) {
    const length = content.read(piece, position);
    copy.write(piece.subarray(0, length), position);
    position += length;
  }
  return copy;
}
function prefixOf(volume, folder) {
  const path = pathOf(volume, folder);
  if (path === void 0) throw new CallError("ENAMETOOLONG");
  return path === "/" ? path : \`\${path}/\`;
}
var MOST_DEPTH = 64;
var COPIED_BYTES = 65536;

// src/host/file-system/changes.ts
var Changes = class {
  #volume;
  /** By their paths from the root, without links. */
  #known = /* @__PURE__ */ new Map();
  constructor(volume) {
    this.#volume = volume;
  }
  /** What the host put at a path is no change. */
  know(path, { number, revision }) {
    this.#known.set(path, { number, revision });
  }
  /** What the host removed is none either. */
  forget(path) {
    this.#known.delete(path);
  }
  /** What became of the files below a folder since, what is gone last. Names that are no UTF-8 are passed over. */
  take(folderPath) {
    const { folder, prefix } = folderAt(this.#volume, folderPath);
    const found = [];
    const tell = (path, size, change) => {
      const readable = fromByteText(path.slice(prefix.length));
      if (readable !== void 0) found.push({ path: readable, size, change });
    };
    const gone = new Set([...this.#known.keys()].filter((path) => path.startsWith(prefix)));
    for (const { path: relative, file } of filesBelow(folder)) {
      if (file.isFixed) continue;
      const path = prefix + relative;
      const before = this.#known.get(path);
      if (before === void 0) tell(path, file.content.size, "created");
      else if (before.number !== file.number || before.revision !== file.revision) tell(path, file.content.size, "modified");
      gone.delete(path);
      this.know(path, file);
    }
    const present = found.splice(0).sort(byPath);
    for (const path of gone) {
      tell(path, 0, "deleted");
      this.forget(path);
    }
    return [...present, ...found.sort(byPath)];
  }
};

// src/host/file-system/descriptors.ts
var Descriptors = class {
  #slots = [];
  #max;
  #volume;
  constructor(volume, max) {
    this.#volume = volume;
    this.#max = max;
  }
  /** Throws \`EBADF\`. */
  get(descriptor) {
    return this.#slot(descriptor).description;
  }
  has(descriptor) {
    return this.#slots[descriptor] !== void 0;
  }
  /** Lays a new description on the lowest free descriptor. Throws \`EMFILE\`. */
  open(description, closesOnExec) {
    const descriptor = this.lowestFree(0);
    this.#lay(descriptor, { description, closesOnExec, isFixed: false });
    return descriptor;
  }
  /** Lays what the host wants there, which the program cannot take away where \`isFixed\`. */
  openAt(descriptor, description, isFixed) {
    if (this.#slots[descriptor] !== void 0) this.#clear(descriptor);
    this.#lay(descriptor, { description, closesOnExec: false, isFixed });
  }
  /** The lowest free descriptor from \`least\` on. Throws \`EMFILE\`. */
  lowestFree(least) {
    let descriptor = least;
    while (this.#slots[descriptor] !== void 0) descriptor += 1;
    if (descriptor >= this.#max) throw new CallError("EMFILE");
    return descriptor;
  }
  /** A second descriptor of the same description, the lowest free from \`least\` on. */
  duplicate(descriptor, least, closesOnExec) {
    const { description } = this.#slot(descriptor);
    if (!(least >= 0 && least < this.#max)) throw new CallError("EINVAL");
    const copy = this.lowestFree(least);
    this.#lay(copy, { description, closesOnExec, isFixed: false });
    return copy;
  }
  /**
   * A second descriptor of the same description, at a place that is closed before. Throws \`EPERM\` where the host holds it: not \`EBUSY\`, after
   * which this libc would try again without end.
   */
  duplicateTo(descriptor, target, closesOnExec) {
    const { description } = this.#slot(descriptor);
    if (!(target >= 0 && target < this.#max)) throw new CallError("EBADF");
    if (this.#slots[target]?.isFixed) throw new CallError("EPERM");
    description.references += 1;
    if (this.#slots[target] !== void 0) this.#clear(target);
    this.#slots[target] = { description, closesOnExec, isFixed: false };
  }
  /** Throws \`EPERM\` where the host holds it. */
  close(descriptor) {
    if (this.#slot(descriptor).isFixed) throw new CallError("EPERM");
    this.#clear(descriptor);
  }
  closesOnExec(descriptor) {
    return this.#slot(descriptor).closesOnExec;
  }
  setClosesOnExec(descriptor, closesOnExec) {
    this.#slot(descriptor).closesOnExec = closesOnExec;
  }
  /** Those that are open, from the lowest. */
  all() {
    return this.#slots.flatMap((slot, descriptor) => slot === void 0 ? [] : [descriptor]);
  }
  #slot(descriptor) {
    const slot = this.#slots[descriptor];
    if (slot === void 0) throw new CallError("EBADF");
    return slot;
  }
  #lay(descriptor, slot) {
    slot.description.references += 1;
    this.#slots[descriptor] = slot;
  }
  #clear(descriptor) {
    const { description } = this.#slot(descriptor);
    this.#slots[descriptor] = void 0;
    description.references -= 1;
    if (description.references > 0) return;
    const { node } = description;
    if (node.kind === "pipe") {
      if (description.canRead) node.readers -= 1;
      else node.writers -= 1;
    } else if (node.kind === "file") {
      node.openings -= 1;
      this.#volume.release(node);
    }
  }
};

// src/host/file-system/devices.ts
function addDevices(volume, randomFill) {
  const folder = makeFolders(volume, "/dev", "fixed");
  for (const [name, device] of Object.entries(devices(randomFill)))
    volume.enter(folder, toByteText(name), volume.newDevice(device, "device"));
}
function devices(randomFill) {
  const random = {
    read: (target) => {
      randomFill(target);
      return target.length;
    },
    write: ignore
  };
  const zero = {
    read: (target) => {
      target.fill(0);
      return target.length;
    },
    write: ignore
  };
  return { null: { read: () => 0, write: ignore }, zero, random, urandom: random };
}
function ignore() {
}

// src/host/file-system/open.ts
function open(volume, descriptors, path, start, flags, permissions) {
  const access = flags & ACCESS_BITS;
  if (access === ACCESS_BITS || (flags & (CREATE | FOLDER)) === (CREATE | FOLDER)) throw new CallError("EINVAL");
  const creates = (flags & CREATE) !== 0;
  const isExclusive = creates && (flags & EXCLUSIVE) !== 0;
  const place = walk(volume, path, start, followFor(creates, isExclusive || (flags & NO_FOLLOW) !== 0));
  if (creates && place.isFolderWanted) throw new CallError("EISDIR");
  descriptors.lowestFree(0);
  const node = place.node === void 0 ? create(volume, place, flags, permissions) : openable(volume, place, flags, isExclusive);
  const description = newDescription(node, access !== WRITE_ONLY, access !== 0, flags & STATUS_FLAGS);
  return descriptors.open(description, (flags & CLOSE_ON_EXEC) !== 0);
}
function newDescription(node, canRead, canWrite, statusFlags) {
  if (node.kind === "file") node.openings += 1;
  return { node, canRead, canWrite, statusFlags, position: 0, listing: void 0, references: 0 };
}
function followFor(creates, followsNone) {
  if (followsNone) return creates ? "no" : "slash";
  return creates ? "file" : "yes";
}
function create(volume, place, flags, permissions) {
  if ((flags & CREATE) === 0) throw missing(place);
  checkNewName(place);
  const file = volume.newFile(permissions & 4095 & ~volume.mask, "program");
  volume.enter(place.folder, place.name, file);
  return file;
}
function openable(volume, place, flags, isExclusive) {
  const { node, isFolderWanted } = place;
  if (isExclusive) throw new CallError("EEXIST");
  if (node === void 0 || node.kind === "pipe") throw new CallError("ENXIO");
  if (node.kind === "link") throw new CallError((flags & FOLDER) !== 0 ? "ENOTDIR" : "ELOOP");
  const access = flags & ACCESS_BITS;
  const cuts = (flags & TRUNCATE) !== 0;
  if (node.kind === "folder") {
    if (access !== 0 || (flags & CREATE) !== 0 || cuts) throw new CallError("EISDIR");
    checkPermission(node, MAY_READ);
    return node;
  }
  if ((flags & FOLDER) !== 0 || isFolderWanted) throw new CallError("ENOTDIR");
  if (node.kind === "file" && node.content.isReadOnly && (access !== 0 || cuts)) throw new CallError("EROFS");
  if (access !== WRITE_ONLY) checkPermission(node, MAY_READ);
  if (access !== 0 || cuts) checkPermission(node, MAY_WRITE);
  if (node.kind === "file" && cuts) {
    node.content.resize(0);
    volume.touchFile(node);
  }
  return node;
}
var ACCESS_BITS = 3;
var WRITE_ONLY = 1;
var CREATE = 64;
var EXCLUSIVE = 128;
var TRUNCATE = 512;
var APPEND = 1024;
var NON_BLOCKING = 2048;
var FOLDER = 65536;
var NO_FOLLOW = 131072;
var CLOSE_ON_EXEC = 524288;
var STATUS_FLAGS = APPEND | NON_BLOCKING;

// src/host/file-system/quota.ts
var DEFAULT_FILE_LIMITS = { maxBytes: 128 * 2 ** 20, maxFiles: 2e4, maxDescriptors: 256 };
var Quota = class {
  usedBytes = 0;
  usedFiles = 0;
  maxBytes;
  maxFiles;
  constructor(limits) {
    this.maxBytes = limits.maxBytes;
    this.maxFiles = limits.maxFiles;
  }
  /** Throws \`ENOSPC\`. Gives bytes back where \`bytes\` is negative. */
  takeBytes(bytes) {
    if (this.usedBytes + bytes > this.maxBytes) throw new CallError("ENOSPC");
    this.usedBytes += bytes;
  }
  /** Throws \`ENOSPC\`. */
  takeFile() {
    if (this.usedFiles >= this.maxFiles) throw new CallError("ENOSPC");
    this.usedFiles += 1;
  }
  giveFile() {
    this.usedFiles -= 1;
  }
};

// src/host/file-system/create-file-system.ts
function createFileSystem(options) {
  const limits = {
    maxBytes: options.maxBytes ?? DEFAULT_FILE_LIMITS.maxBytes,
    maxFiles: options.maxFiles ?? DEFAULT_FILE_LIMITS.maxFiles,
    maxDescriptors: options.maxDescriptors ?? DEFAULT_FILE_LIMITS.maxDescriptors
  };
  const quota = new Quota(limits);
  const volume = new Volume(quota, () => options.clock.date());
  const descriptors = new Descriptors(volume, limits.maxDescriptors);
  const changes = new Changes(volume);
  addDevices(volume, options.randomFill);
  return {
    guest: { volume, descriptors },
    setDevice: (descriptor, device) => {
      const description = newDescription(volume.newDevice(device, "stream"), device.read !== void 0, device.write !== void 0, 0);
      descriptors.openAt(descriptor, description, descriptor >= FIRST_FIXED_DESCRIPTOR);
    },
    mountFile: (path, content) => mountFile(volume, path, content),
    makeFolder: (path) => {
      makeFolders(volume, path, "fixed");
    },
    makeLink: (path, target) => {
      put(volume, path, volume.newLink(toByteText(target), "fixed"), "fixed");
    },
    setWorkingFolder: (path) => {
      volume.workingFolder = makeFolders(volume, path, "fixed");
    },
    createFile: () => createFile(volume, (path, file) => changes.know(path, file)),
    fileSize: (path) => regularFile(volume, path)?.content.size,
    readFile: (path, position, target) => {
      const file = regularFile(volume, path);
      if (file === void 0) throw new CallError("ENOENT");
      return file.content.read(target, position);
    },
    removeFile: (path) => {
      const removed = removeRegularFile(volume, path);
      if (removed !== void 0) changes.forget(removed);
    },
    listFiles: (folder) => listFiles(volume, folder),
    takeChanges: (folder) => changes.take(folder),
    openDescriptors: () => descriptors.all(),
    get usedBytes() {
      return quota.usedBytes;
    },
    get usedFiles() {
      return quota.usedFiles;
    }
  };
}
var FIRST_FIXED_DESCRIPTOR = 3;

// src/host/dynamic-linking/library-error.ts
var LibraryError = class extends Error {
  name = "LibraryError";
};

// src/host/dynamic-linking/dylink-section.ts
function readDylinkSection(library) {
  if (!PREAMBLE.every((byte, index) => library[index] === byte)) throw new LibraryError("it is no WebAssembly library");
  const module = new Reader(library.subarray(PREAMBLE.length));
  if (module.byte() !== CUSTOM_SECTION) throw new LibraryError("it is no WebAssembly library");
  const section = module.part();
  if (section.text() !== SECTION_NAME) throw new LibraryError("it is no WebAssembly library");
  const read2 = { memorySize: 0, memoryAlignment: 1, tableSize: 0, tableAlignment: 1 };
  const lists = { needed: [], weak: /* @__PURE__ */ new Set(), runtimePaths: [] };
  while (!section.isAtEnd) {
    const type = section.byte();
    const part = section.part();
    if (type === MEMORY_INFO) {
      read2.memorySize = part.number();
      read2.memoryAlignment = 2 ** part.number();
      read2.tableSize = part.number();
      read2.tableAlignment = 2 ** part.number();
    } else if (type === NEEDED) part.each(() => lists.needed.push(part.text()));
    else if (type === IMPORT_INFO) {
      part.each(() => {
        part.text();
        const name = part.text();
        if ((part.number() & BINDING) === WEAK) lists.weak.add(name);
      });
    } else if (type === RUNTIME_PATH) part.each(() => lists.runtimePaths.push(part.text()));
  }
  return { ...read2, ...lists };
}
var Reader = class _Reader {
  #bytes;
  #position = 0;
  constructor(bytes) {
    this.#bytes = bytes;
  }
  get isAtEnd() {
    return this.#position >= this.#bytes.length;
  }
  byte() {
    const byte = this.#bytes[this.#position];
    if (byte === void 0) throw new LibraryError("it is cut off");
    this.#position += 1;
    return byte;
  }
  /** An unsigned LEB128 number. */
  number() {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new LibraryError("it has a number of more than 32 bits");
  }
  /** What follows its own length. */
  part() {
    return new _Reader(this.#take(this.number()));
  }
  text() {
    return new TextDecoder().decode(this.#take(this.number()));
  }
  /** Calls once for each member of a list that begins with their count. */
  each(read2) {
    for (let left = this.number(); left > 0; left -= 1) read2();
  }
  #take(length) {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new LibraryError("it is cut off");
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }
};
var PREAMBLE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
var CUSTOM_SECTION = 0;
var SECTION_NAME = "dylink.0";
var MEMORY_INFO = 1;
var NEEDED = 2;
var IMPORT_INFO = 4;
var RUNTIME_PATH = 5;
var BINDING = 3;
var WEAK = 1;

// src/host/dynamic-linking/function-table.ts
var FunctionTable = class {
  #table;
  #slots = /* @__PURE__ */ new Map();
  /** Notes what is in the table now: what the interpreter itself has put there. */
  constructor(table) {
    this.#table = table;
    this.note(0, table.length);
  }
  /** Room for the functions of a library, beginning at a multiple of \`alignment\`; where. */
  reserve(size, alignment) {
    if (size === 0) return 0;
    const present = this.#table.length;
    const start = Math.ceil(present / alignment) * alignment;
    this.#table.grow(start - present + size);
    return start;
  }
  /** Notes what a library put into its slots. The first slot of a function is its address. */
  note(start, size) {
    for (let slot = start; slot < start + size; slot += 1) {
      const found = this.#table.get(slot);
      if (found !== null && slot !== 0 && !this.#slots.has(found)) this.#slots.set(found, slot);
    }
  }
  /** The address of a function, which gets a slot where it has none. */
  addressOf(target) {
    const known = this.#slots.get(target);
    if (known !== void 0) return known;
    const slot = this.#table.grow(1);
    this.#table.set(slot, target);
    this.#slots.set(target, slot);
    return slot;
  }
};

// src/host/faults.ts
var SandboxViolation = class extends Error {
  name = "SandboxViolation";
  /** Name of the import. */
  import;
  constructor(importName) {
    super(\`the program called \${importName}, which is not allowed\`);
    this.import = importName;
  }
};
var GuestExit = class extends Error {
  name = "GuestExit";
  code;
  constructor(code) {
    super(\`the interpreter ended itself with code \${code}\`);
    this.code = code;
  }
};
var GuestAbort = class extends Error {
  name = "GuestAbort";
};

// src/host/import-lock.ts
var IMPORTED = new Map(
  Object.entries(namesByType()).flatMap(
    ([type, lines]) => lines.flatMap((line) => line.split(" ")).map((name) => [name, type])
  )
);
function checkImports(module) {
  const unknown = [];
  const missing2 = new Set(IMPORTED.keys());
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const isKnown = kind === "function" ? IMPORTED.has(name) && FUNCTION_MODULES.has(from) : kind === "global" && from === "GOT.func" && ADDRESS.test(name);
    if (!isKnown) unknown.push(\`\${from}.\${name} (\${kind})\`);
    if (kind === "function") missing2.delete(name);
  }
  if (unknown.length > 0) throw new TypeError(\`the interpreter imports what this version does not know: \${unknown.join(", ")}\`);
  if (missing2.size > 0) throw new TypeError(\`the interpreter does not import \${[...missing2].join(", ")}: it is not the pinned build\`);
}
var FUNCTION_MODULES = /* @__PURE__ */ new Set(["env", "wasi_snapshot_preview1"]);
var ADDRESS = /^emscripten_(gl[A-Z]|console_|out$|err$)/;
function namesByType() {
  return {
    ":": [
      "JsvPromise_Syncify_handleError _abort_js _emscripten_runtime_keepalive_clear capture_stderr emscripten_debugger",
      "emscripten_runtime_keepalive_pop emscripten_runtime_keepalive_push fail_test pyodide_js_init throw_no_gil"
    ],
    ":d": ["emscripten_date_now emscripten_get_now"],
    ":e": [
      "JsvArray_New JsvLiteralMap_New JsvMap_New JsvObject_New JsvSet_New Jsv_GetError_import __hiwire_deduplicate_new",
      "get_suspender my_dict_converter restore_stderr saveState"
    ],
    ":i": [
      "_Py_CheckEmscriptenSignals_Helper _Py_emscripten_runtime __syscall_getuid32_js can_run_sync_js emscripten_get_heap_max",
      "emscripten_promise_create emscripten_set_up_async_input_device_js jslib_init_buffers_js jslib_init_js"
    ],
    "d:e": ["JsvNum_fromDouble"],
    "e:": ["JsvError_Throw destroy_jsarray_entries gc_register_proxies raw_call_js restoreState set_pyodide_module set_suspender"],
    "e:e": [
      "JsArray_reversed_iterator JsMap_GetIter_js JsModule_GetAll_js JsObjMap_GetIter_js JsProxy_Dir_js JsProxy_GetAsyncIter_js",
      "JsProxy_GetIter_js JsProxy_aexit_js JsProxy_to_weakref_js JsvArray_ShallowCopy JsvObject_Entries JsvObject_Keys",
      "JsvObject_Values JsvObject_toString JsvPromise_Resolve Jsv_BigIntToNum Jsv_typeof get_async_js_call_done_callback"
    ],
    "e:i": [
      "JsArray_reverse_js JsDoubleProxy_unwrap_js JsMap_clear_js JsObjMap_length_js JsProxy_Bool_js JsProxy_exit_js JsvArray_Check",
      "JsvAsyncGenerator_Check JsvError_Check JsvFunction_Check JsvGenerator_Check JsvNoValue_Check JsvNum_toInt JsvPromise_Check",
      "Jsv_constructorName Jsv_to_bool destroy_proxies_js get_length_helper get_length_string is_comlink_proxy",
      "js2python_immutable_js js2python_js pyproxy_AsPyObject pyproxy_Check"
    ],
    "ee:": ["JsvArray_Extend __hiwire_deduplicate_delete _python2js_handle_postprocess_list"],
    "ee:e": [
      "JsObjMap_subscript_js JsProxy_subscript_js JsvFunction_Call_OneArg JsvFunction_Construct JsvObject_CallMethod_NoArgs",
      "_JsArray_PostProcess_helper syncifyHandler wrap_async_generator wrap_generator"
    ],
    "ee:i": [
      "JsArray_count_js JsObjMap_contains_js JsvArray_Push JsvSet_Add Jsv_equal Jsv_greater_than Jsv_greater_than_equal",
      "Jsv_less_than Jsv_less_than_equal Jsv_not_equal __hiwire_deduplicate_get"
    ],
    "eee:e": ["JsvFunction_CallBound JsvObject_CallMethod JsvObject_CallMethod_OneArg"],
    "eee:i": ["JsObjMap_ass_subscript_js JsvMap_Set JsvObject_SetAttr _JsArray_PushEntry_helper _JsObject_Set_js"],
    "eeee:e": ["JsvObject_CallMethod_TwoArgs"],
    "eeei:": ["_python2js_addto_postprocess_list"],
    "eei:": ["__hiwire_deduplicate_set"],
    "eeii:i": ["JsArray_index_js"],
    "ei:": ["destroy_proxies destroy_proxy"],
    "ei:e": [
      "JsArray_repeat_js JsBuffer_DecodeString_js JsProxy_GetAttr_js JsvArray_Delete JsvArray_Get _python2js_cache_lookup",
      "proxy_cache_get python2js__default_converter_js python2js__eager_converter_js"
    ],
    "ei:i": [
      "JsArray_inplace_repeat_js JsProxy_DelAttr_js JsProxy_compute_typeflags JsvBuffer_assignFromPtr JsvBuffer_assignToPtr",
      "JsvBuffer_intoFile JsvBuffer_readFromFile JsvBuffer_writeToFile"
    ],
    "eie:": ["proxy_cache_set"],
    "eie:i": ["JsProxy_SetAttr_js JsvArray_Insert JsvArray_Set _python2js_add_to_cache js2python_convert"],
    "eii:e": ["handle_next_result_js"],
    "eiiii:": ["JsBuffer_get_info"],
    "eiiii:e": ["JsvArray_slice"],
    "eiiii:i": ["_agen_handle_result_js"],
    "eiiiiii:i": ["JsvArray_slice_assign"],
    "i:": ["emscripten_log_impl_js emscripten_promise_destroy exit ffi_closure_free_js proc_exit"],
    "i:e": ["JsvBigInt_fromInt JsvNum_fromInt JsvUTF8ToString pyproxy_new"],
    "i:i": [
      "__syscall_chdir __syscall_dup __syscall_fchdir __syscall_fdatasync __syscall_pipe __syscall_rmdir __syscall_umask_js",
      "_dlopen_js _emscripten_lookup_name _emscripten_system emscripten_resize_heap fd_close fd_sync getprotobyname"
    ],
    "i:j": ["_mktime_js _timegm_js"],
    "id:i": ["_setitimer_js"],
    "ie:e": ["_pyproxyGen_make_result"],
    "ieeee:e": ["python2js_custom__create_jscontext"],
    "iei:e": ["new_error"],
    "ii:": ["__call_sighandler _emscripten_get_progname _emscripten_log_formatted hiwire_invalid_ref_js"],
    "ii:e": ["JsvBigInt_fromDigits _python2js_ascii _python2js_ucs1 _python2js_ucs2 _python2js_ucs4 array_to_js create_once_callable"],
    "ii:i": [
      "__syscall_chmod __syscall_fchmod __syscall_fstat64 __syscall_getcwd __syscall_lstat64 __syscall_stat64 clock_res_get",
      "environ_get environ_sizes_get fd_fdstat_get ffi_closure_alloc_js random_get"
    ],
    "iiei:e": ["create_promise_handles"],
    "iii:": ["emscripten_promise_resolve"],
    "iii:e": ["JsException_new_helper _maybe_connect_async _maybe_poll_async _maybe_recvfrom_async _maybe_sendto_async"],
    "iii:i": [
      "__syscall_dup3 __syscall_fchown32 __syscall_fcntl64 __syscall_fstatfs64 __syscall_getdents64 __syscall_ioctl",
      "__syscall_mkdirat __syscall_poll __syscall_statfs64 __syscall_symlinkat __syscall_unlinkat _dlsym_js _try_shutdown",
      "emscripten_asm_const_int"
    ],
    "iiii:": ["__assert_fail _emscripten_dlopen_js _tzset_js ffi_call_js"],
    "iiii:i": [
      "_PyEM_TrampolineCall_JS __syscall_faccessat __syscall_fchmodat2 __syscall_mknodat __syscall_newfstatat __syscall_openat",
      "__syscall_readlinkat __syscall_renameat __syscall_utimensat _try_fcntl64 fd_read fd_write getaddrinfo"
    ],
    "iiiii:e": ["pyproxy_new_ex"],
    "iiiii:i": ["__syscall_fchownat ffi_prep_closure_loc_js"],
    "iiiiii:i": [
      "__syscall_accept4 __syscall_bind __syscall_connect __syscall_getpeername __syscall_getsockname __syscall_getsockopt",
      "__syscall_listen __syscall_recvfrom __syscall_recvmsg __syscall_sendmsg __syscall_sendto __syscall_socket"
    ],
    "iiiiiieeiiii:e": ["_pyproxy_get_buffer_result"],
    "iiiiiii:e": ["_python2js_buffer_inner"],
    "iiiiiii:i": ["getnameinfo"],
    "iiiiij:i": ["_msync_js _munmap_js"],
    "iiiijii:i": ["_mmap_js"],
    "iiiji:i": ["fd_pread fd_pwrite"],
    "iijj:i": ["__syscall_fallocate"],
    "ij:i": ["__syscall_ftruncate64 __syscall_truncate64"],
    "iji:i": ["clock_time_get"],
    "ijii:i": ["fd_seek"],
    "ijji:i": ["__syscall_fadvise64"],
    "ji:": ["_gmtime_js _localtime_js"]
  };
}

// src/host/dynamic-linking/library-imports.ts
function importsOfLibrary(module, sources) {
  refuseJavaScript(module);
  const table = {};
  const addresses = [];
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const names = table[from] ?? {};
    table[from] = names;
    if (ADDRESS_MODULES.has(from) && kind === "global") {
      const global = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
      names[name] = global;
      addresses.push({ name, global });
    } else if (FUNCTION_MODULES2.has(from)) names[name] = importNamed(name, kind, sources);
    else throw new LibraryError(\`it imports from \${from}, where no library finds anything\`);
  }
  return { table, addresses };
}
function refuseJavaScript(module) {
  const brought = WebAssembly.Module.exports(module).find(({ name }) => /^__em_js__|^__start_em_asm$/.test(name));
  if (brought !== void 0) throw new LibraryError(\`it brings JavaScript (\${brought.name}), which is never run here\`);
}
function importNamed(name, kind, sources) {
  const own = OWN[name]?.(sources);
  if (own !== void 0) return own;
  const found = kind === "function" ? sources.find(name)?.value : sources.exports[name];
  if (found !== void 0 && kind === "function" === (typeof found === "function")) return found;
  if (kind !== "function") throw new LibraryError(\`it imports \${name} (\${kind}), which the interpreter does not have\`);
  const given = sources.hostFunctions.get(name);
  if (given !== void 0) return given;
  if (IMPORTED.has(name)) throw new LibraryError(\`it calls \${name}, a function of JavaScript that programs may not have\`);
  return foundWhenCalled(name, sources);
}
var OWN = {
  memory: ({ memory }) => memory,
  __indirect_function_table: ({ table }) => table,
  __memory_base: ({ library }) => new WebAssembly.Global({ value: "i32" }, library().memoryBase),
  __table_base: ({ library }) => new WebAssembly.Global({ value: "i32" }, library().tableBase)
};
function foundWhenCalled(name, { find: find2, library }) {
  let target;
  return (...values) => {
    target ??= find2(name)?.value;
    if (typeof target !== "function") throw new GuestAbort(\`\${library().path} calls \${name}, which is nowhere\`);
    return target(...values);
  };
}
var ADDRESS_MODULES = /* @__PURE__ */ new Set(["GOT.mem", "GOT.func"]);
var FUNCTION_MODULES2 = /* @__PURE__ */ new Set(["env", "wasi_snapshot_preview1"]);

// src/host/dynamic-linking/symbols.ts
var Symbols = class {
  #interpreter;
  #global = /* @__PURE__ */ new Map();
  constructor(interpreter) {
    this.#interpreter = interpreter;
  }
  /** In this order: the interpreter, libraries that were loaded for all (\`RTLD_GLOBAL\`), what the library depends on, the library itself. */
  find(name, library) {
    const own = this.#interpreter[name];
    if (own !== void 0) return { value: own, base: 0 };
    return this.#global.get(name) ?? inDependencies(name, library, /* @__PURE__ */ new Set()) ?? exportedBy(name, library);
  }
  /** Lets all libraries that come later see what this one exports. The first of a name stays. */
  share(library) {
    for (const name of Object.keys(library.exports)) {
      const found = exportedBy(name, library);
      if (found !== void 0 && !name.startsWith("__wasm_") && !this.#global.has(name)) this.#global.set(name, found);
    }
  }
};
function exportedBy(name, library) {
  const value = library.exports[name];
  return value === void 0 ? void 0 : { value, base: library.memoryBase };
}
function inDependencies(name, { dependencies }, seen) {
  for (const library of dependencies) {
    if (seen.has(library)) continue;
    seen.add(library);
    const found = exportedBy(name, library) ?? inDependencies(name, library, seen);
    if (found !== void 0) return found;
  }
  return void 0;
}

// src/host/dynamic-linking/linker.ts
function createLinker(options) {
  const { table } = options;
  const symbols = new Symbols(options.exports);
  const loaded = /* @__PURE__ */ new Map();
  const loading = /* @__PURE__ */ new Set();
  let known;
  function load(path, isGlobal) {
    const present = loaded.get(path);
    if (present !== void 0) {
      if (isGlobal) symbols.share(present);
      return present;
    }
    if (loading.has(path)) throw new LibraryError(\`\${path} needs itself\`);
    loading.add(path);
    try {
      const library = loadNew(path, isGlobal);
      loaded.set(path, library);
      return library;
    } finally {
      loading.delete(path);
    }
  }
  function loadNew(path, isGlobal) {
    const bytes = options.readFile(path);
    if (bytes === void 0) throw new LibraryError(\`there is no file \${path}\`);
    if (!options.isAllowed(bytes)) throw new LibraryError(\`\${path} belongs to no package that was checked: only those are loaded\`);
    const section = named(path, () => readDylinkSection(bytes));
    const dependencies = section.needed.map((name) => load(needed(name, path, section.runtimePaths), isGlobal));
    const module = named(path, () => compiled2(bytes));
    const functions = functionTable();
    const memoryBase = section.memorySize === 0 ? 0 : options.allocate(Math.max(section.memoryAlignment, LEAST_ALIGNMENT), section.memorySize);
    if (section.memorySize > 0 && memoryBase === 0) throw new LibraryError(\`there is no memory for \${path}\`);
    const place = { memoryBase, memorySize: section.memorySize, tableSize: section.tableSize };
    const empty = { path, dependencies, ...place, tableBase: functions.reserve(section.tableSize, section.tableAlignment) };
    let library = { ...empty, exports: {} };
    const imports = named(path, () => importsFor(module, () => library));
    library = { ...empty, exports: named(path, () => instantiated(module, imports.table)) };
    functions.note(library.tableBase, library.tableSize);
    resolve(imports, library, section.weak);
    if (isGlobal) symbols.share(library);
    start(library);
    return library;
  }
  function functionTable() {
    known ??= new FunctionTable(table);
    return known;
  }
  function importsFor(module, library) {
    return importsOfLibrary(module, { ...options, library, find: (name) => symbols.find(name, library()) });
  }
  function resolve({ addresses }, library, weak) {
    for (const { name, global } of addresses) {
      const found = symbols.find(name, library);
      if (found !== void 0) global.value = addressIn(found.value, found.base);
      else if (!weak.has(name)) throw new LibraryError(\`\${library.path} needs \${name}, which is nowhere\`);
    }
  }
  function addressIn(value, base) {
    if (typeof value === "function") return functionTable().addressOf(value);
    if (value instanceof WebAssembly.Global) return Number(value.value) + base;
    throw new LibraryError("what has no address was asked for one");
  }
  function needed(name, path, runtimePaths) {
    const origin = path.slice(0, path.lastIndexOf("/"));
    const folders = [...runtimePaths.map((each) => each.replaceAll("$ORIGIN", origin)), origin, SHARED_FOLDER];
    const found = folders.map((folder) => \`\${folder}/\${name}\`).find((file) => loaded.has(file) || options.readFile(file) !== void 0);
    if (found === void 0) throw new LibraryError(\`\${path} needs the library \${name}, which is in none of \${folders.join(", ")}\`);
    return found;
  }
  return {
    load,
    addressOf(name, library) {
      const found = exportedBy(name, library);
      return found && addressIn(found.value, found.base);
    }
  };
  function start({ exports }) {
    for (const name of ["__wasm_apply_data_relocs", "__wasm_call_ctors"]) {
      const called = exports[name];
      if (typeof called === "function") called();
    }
  }
  function compiled2(bytes) {
    try {
      return new WebAssembly.Module(bytes);
    } catch (cause) {
      throw new LibraryError("it is no WebAssembly that can be run", { cause });
    }
  }
  function instantiated(module, imports) {
    try {
      return new WebAssembly.Instance(module, imports).exports;
    } catch (cause) {
      if (!(cause instanceof WebAssembly.LinkError)) throw cause;
      throw new LibraryError(\`it was built for another interpreter (\${cause.message})\`, { cause });
    }
  }
  function named(path, work) {
    try {
      return work();
    } catch (error) {
      if (error instanceof LibraryError) throw new LibraryError(\`\${path} cannot be loaded: \${error.message}\`, { cause: error });
      throw error;
    }
  }
}
var LEAST_ALIGNMENT = 16;
var SHARED_FOLDER = "/usr/lib";

// src/host/dynamic-linking/guest-linker.ts
function guestLinker(context, all, imports) {
  const { exports, memory, options } = context;
  return createLinker({
    exports: all,
    memory: exports.memory,
    table: exports.__indirect_function_table,
    allocate(alignment, bytes) {
      const place = exports.emscripten_builtin_memalign(alignment, bytes);
      if (place !== 0) memory.slice(place, bytes).fill(0);
      return place >>> 0;
    },
    hostFunctions: new Map(Object.entries(imports)),
    readFile: (path) => wholeFile(context, path),
    isAllowed: (library) => options.isLibraryAllowed?.(library) ?? false
  });
}
function wholeFile({ fileSystem }, path) {
  const { volume } = fileSystem.guest;
  try {
    const node = find(volume, toByteText(path), volume.workingFolder);
    if (node.kind !== "file") return void 0;
    const bytes = new Uint8Array(node.content.size);
    node.content.read(bytes, 0);
    return bytes;
  } catch (error) {
    if (error instanceof CallError) return void 0;
    throw error;
  }
}

// src/host/exports.ts
var KINDS = {
  memory: "memory",
  __indirect_function_table: "table",
  __wasm_call_ctors: "function",
  __main_argc_argv: "function",
  PyRun_SimpleString: "function",
  PyThreadState_GetUnchecked: "function",
  PyUnstable_ThreadState_SetStackProtection: "function",
  malloc: "function",
  free: "function",
  emscripten_builtin_memalign: "function",
  emscripten_stack_get_current: "function",
  _emscripten_stack_restore: "function",
  __dl_seterr: "function",
  _PyRuntime: "global",
  _PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: "global",
  Py_EMSCRIPTEN_SIGNAL_HANDLING: "global"
};
var EXPORT_NAMES = Object.keys(KINDS);
function exportsOf(module, instance) {
  const given = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const missing2 = Object.entries(KINDS).filter(([name, kind]) => given.get(name) !== kind);
  if (missing2.length > 0) throw new TypeError(\`the interpreter does not export \${missing2.map(([name]) => name).join(", ")}\`);
  return instance.exports;
}

// src/host/imports/import-context.ts
function newImportState() {
  return { checks: 0, pendingSignal: 0, closures: /* @__PURE__ */ new Set(), libraries: /* @__PURE__ */ new Map(), isOutOfMemory: false };
}
function systemCalls(imports) {
  return answering(imports, (error) => -error.errno);
}
function wasiCalls(imports) {
  return answering(imports, (error) => error.errno);
}
function pathAt({ memory }, pointer) {
  return byteText(memory.zeroTerminated(pointer, MOST_PATH_BYTES));
}
function folderFor({ fileSystem }, descriptor, path) {
  const { volume, descriptors } = fileSystem.guest;
  if (descriptor === AT_WORKING_FOLDER || path === "" || path.startsWith("/")) return volume.workingFolder;
  const { node } = descriptors.get(descriptor);
  if (node.kind !== "folder") throw new CallError("ENOTDIR");
  return node;
}
function descriptionOf({ fileSystem }, descriptor) {
  return fileSystem.guest.descriptors.get(descriptor);
}
function exactNumber(value) {
  if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) throw new CallError("EOVERFLOW");
  return Number(value);
}
function answering(imports, answer2) {
  const guarded = Object.entries(imports).map(([name, call]) => [
    name,
    (...values) => {
      try {
        return call(...values);
      } catch (error) {
        if (error instanceof CallError) return answer2(error);
        throw error;
      }
    }
  ]);
  return Object.fromEntries(guarded);
}
var AT_WORKING_FOLDER = -100;
var AT_NO_FOLLOW = 256;
var AT_REMOVE_FOLDER = 512;
var AT_EMPTY_PATH = 4096;

// src/host/imports/calendar.ts
function calendarImports(context) {
  const { memory } = context;
  const split = (seconds, target) => writeDate(context, target, new Date(Number(seconds) * 1e3));
  const join = (place) => joinDate(context, place);
  return {
    ...answering(
      {
        /** localtime_r(3): the members of a date. All of them are 0 for a date that cannot be told. */
        _localtime_js: split,
        /** gmtime_r(3): the same. */
        _gmtime_js: split,
        /** tzset(3): an offset, whether there is a summer time, and two names. */
        _tzset_js: (offset, hasSummer, name, summerName) => {
          memory.setInt32(offset, 0);
          memory.setInt32(hasSummer, 0);
          for (const target of [name, summerName]) memory.slice(target, UTC.length).set(UTC);
        }
      },
      () => void 0
    ),
    ...answering(
      {
        /** mktime(3): seconds since 1970, and the members of the date set right; -1 where the date cannot be. */
        _mktime_js: join,
        /** timegm(3): the same. */
        _timegm_js: join
      },
      () => -1n
    )
  };
}
function writeDate({ memory }, target, date) {
  memory.slice(target, DATE_BYTES).fill(0);
  if (Number.isNaN(date.getTime())) return;
  const members = [
    date.getUTCSeconds(),
    date.getUTCMinutes(),
    date.getUTCHours(),
    date.getUTCDate(),
    date.getUTCMonth(),
    date.getUTCFullYear() - FIRST_YEAR,
    date.getUTCDay(),
    dayOfYear(date)
  ];
  for (const [index, value] of members.entries()) memory.setInt32(target + index * 4, value);
}
function joinDate(context, place) {
  const { memory } = context;
  const member = (index) => memory.int32(place + index * 4);
  const date = /* @__PURE__ */ new Date(0);
  date.setUTCFullYear(member(5) + FIRST_YEAR, member(4), member(3));
  date.setUTCHours(member(2), member(1), member(0));
  if (Number.isNaN(date.getTime())) return -1n;
  writeDate(context, place, date);
  return BigInt(date.getTime() / 1e3);
}
function dayOfYear(date) {
  const first = /* @__PURE__ */ new Date(0);
  first.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - first.getTime()) / DAY_MS);
}
var UTC = new TextEncoder().encode("UTC\\0");
var FIRST_YEAR = 1900;
var DATE_BYTES = 40;
var DAY_MS = 864e5;

// src/host/imports/clocks.ts
function clockImports(context) {
  const { memory, options } = context;
  return {
    ...wasiCalls({
      /** clock_gettime(2): the date, or a clock that only goes forward, in nanoseconds. */
      clock_time_get: (clock, _precision, target) => {
        memory.setInt64(target, nanoseconds(timeOf(context, clock)));
        return 0;
      },
      /** clock_getres(2): a microsecond. */
      clock_res_get: (clock, target) => {
        timeOf(context, clock);
        memory.setInt64(target, RESOLUTION_NS);
        return 0;
      }
    }),
    /** Milliseconds of the clock that only goes forward. */
    emscripten_get_now: () => options.clock.now(),
    /** Milliseconds since 1970. */
    emscripten_date_now: () => options.clock.date(),
    /** setitimer(2): the signal never comes. */
    _setitimer_js: () => 0
  };
}
function timeOf({ options }, clock) {
  if (clock === DATE) return options.clock.date();
  if (clock > DATE && clock <= LAST_CLOCK) return options.clock.now();
  throw new CallError("EINVAL");
}
function nanoseconds(ms) {
  return BigInt(Math.round(ms * 1e3)) * 1000n;
}
var DATE = 0;
var LAST_CLOCK = 3;
var RESOLUTION_NS = 1000n;

// src/host/file-system/entries.ts
function makeFolder(volume, path, start, permissions) {
  const place = walk(volume, path, start, "no");
  checkNew(place);
  volume.enter(place.folder, place.name, volume.newFolder(place.folder, place.name, permissions & 1023 & ~volume.mask, "program"));
}
function makeLink(volume, target, path, start) {
  checkPath(target);
  const place = walk(volume, path, start, "no");
  if (place.node === void 0 && place.isFolderWanted) throw new CallError("ENOENT");
  checkNew(place);
  volume.enter(place.folder, place.name, volume.newLink(target, "program"));
}
function removeFile(volume, path, start) {
  const { folder, name, node, isFolderWanted } = walk(volume, path, start, "no");
  if (node === void 0) throw missing({ folder, name });
  if (isFolderWanted || !isName(name)) throw new CallError(node.kind === "folder" ? "EISDIR" : "ENOTDIR");
  checkRemovable(folder, node);
  if (node.kind === "folder") throw new CallError("EISDIR");
  volume.removeEntry(folder, name, node);
}
function removeFolder(volume, path, start) {
  const { folder, name, node } = walk(volume, path, start, "no");
  if (node === void 0) throw missing({ folder, name });
  if (name === ".") throw new CallError("EINVAL");
  if (name === "..") throw new CallError("ENOTEMPTY");
  checkRemovable(folder, node);
  if (node.kind !== "folder") throw new CallError("ENOTDIR");
  if (node.entries.size > 0) throw new CallError("ENOTEMPTY");
  volume.removeEntry(folder, name, node);
}
function rename(volume, from, fromStart, to, toStart) {
  const source = walk(volume, from, fromStart, "no");
  const target = walk(volume, to, toStart(), "no");
  if (!isName(source.name) || !isName(target.name)) throw new CallError("EBUSY");
  const { node } = source;
  if (node === void 0) throw missing(source);
  if (target.node === void 0 && missing(target).code !== "ENOENT") throw missing(target);
  if ((source.isFolderWanted || target.isFolderWanted) && node.kind !== "folder") throw new CallError("ENOTDIR");
  if (!target.folder.isLinked) throw new CallError("ENOENT");
  if (node.kind === "folder" && isInside(target.folder, node)) throw new CallError("EINVAL");
  if (target.node === node) return;
  if (target.node?.kind === "folder" && isInside(source.folder, target.node)) throw new CallError("ENOTEMPTY");
  checkRemovable(source.folder, node);
  checkPermission(target.folder, MAY_WRITE);
  if (target.node !== void 0) checkReplaceable(target.folder, target.node, node);
  if (node.kind === "folder" && source.folder !== target.folder) checkPermission(node, MAY_WRITE);
  if (target.node?.kind === "folder" && target.node.entries.size > 0) throw new CallError("ENOTEMPTY");
  source.folder.entries.delete(source.name);
  volume.touchFolder(source.folder);
  if (target.node !== void 0) volume.drop(target.node);
  volume.enter(target.folder, target.name, node);
  node.changedNs = volume.now();
}
function checkNew(place) {
  if (place.node !== void 0) throw new CallError("EEXIST");
  checkNewName(place);
}
function checkRemovable(folder, node) {
  checkPermission(folder, MAY_WRITE);
  if (node.isFixed) throw new CallError("EBUSY");
}
function checkReplaceable(folder, old, node) {
  checkRemovable(folder, old);
  if (old.kind === "folder" && node.kind !== "folder") throw new CallError("EISDIR");
  if (old.kind !== "folder" && node.kind === "folder") throw new CallError("ENOTDIR");
}
function isInside(folder, outer) {
  for (let inner = folder; ; inner = inner.parent) {
    if (inner === outer) return true;
    if (inner === inner.parent) return false;
  }
}
function isName(name) {
  return name !== "" && name !== "." && name !== "..";
}

// src/host/file-system/listing.ts
function listing(description) {
  const { node } = description;
  if (node.kind !== "folder") throw new CallError("ENOTDIR");
  if (!node.isLinked) throw new CallError("ENOENT");
  description.listing ??= entriesOf(node);
  return description.listing;
}
function isThere(folder, { name, node }) {
  return name === "." || name === ".." || folder.entries.get(name) === node;
}
function entriesOf(folder) {
  const entries = [
    { name: ".", node: folder },
    { name: "..", node: folder.parent }
  ];
  for (const [name, node] of folder.entries) entries.push({ name, node });
  return entries;
}

// src/host/file-system/nodes.ts
var TYPE_BITS = {
  pipe: 4096,
  stream: 4096,
  device: 8192,
  folder: 16384,
  file: 32768,
  link: 40960
};

// src/host/imports/folders.ts
function folderImports(context) {
  const { memory } = context;
  return systemCalls({
    /** getcwd(2). */
    __syscall_getcwd: (target, size) => {
      const { volume } = context.fileSystem.guest;
      const path = pathOf(volume, volume.workingFolder);
      if (path === void 0) throw new CallError("ENOENT");
      if (path.length + 1 > size >>> 0) throw new CallError("ERANGE");
      const bytes = memory.slice(target, path.length + 1);
      bytes.set(bytesOf(path));
      bytes[path.length] = 0;
      return bytes.length;
    },
    /** chdir(2). */
    __syscall_chdir: (path) => {
      const { volume } = context.fileSystem.guest;
      return enter(context, find(volume, pathAt(context, path), volume.workingFolder));
    },
    /** fchdir(2). */
    __syscall_fchdir: (descriptor) => enter(context, descriptionOf(context, descriptor).node),
    /** mkdirat(2). */
    __syscall_mkdirat: (folder, path, permissions) => {
      const text = pathAt(context, path);
      makeFolder(context.fileSystem.guest.volume, text, folderFor(context, folder, text), permissions);
      return 0;
    },
    /** rmdir(2). */
    __syscall_rmdir: (path) => {
      const text = pathAt(context, path);
      removeFolder(context.fileSystem.guest.volume, text, folderFor(context, AT_WORKING_FOLDER, text));
      return 0;
    },
    /** unlinkat(2): a file, or with a flag a folder. */
    __syscall_unlinkat: (folder, path, flags) => {
      if ((flags & ~AT_REMOVE_FOLDER) !== 0) throw new CallError("EINVAL");
      const text = pathAt(context, path);
      const remove = flags === 0 ? removeFile : removeFolder;
      remove(context.fileSystem.guest.volume, text, folderFor(context, folder, text));
      return 0;
    },
    /** renameat(2). */
    __syscall_renameat: (fromFolder, from, toFolder, to) => {
      const { volume } = context.fileSystem.guest;
      const source = pathAt(context, from);
      const target = pathAt(context, to);
      rename(volume, source, folderFor(context, fromFolder, source), target, () => folderFor(context, toFolder, target));
      return 0;
    },
    /** symlinkat(2). */
    __syscall_symlinkat: (target, folder, path) => {
      const text = pathAt(context, path);
      makeLink(context.fileSystem.guest.volume, pathAt(context, target), text, folderFor(context, folder, text));
      return 0;
    },
    /** readlinkat(2): as many bytes as there is room for, without a zero. */
    __syscall_readlinkat: (folder, path, target, size) => {
      const text = pathAt(context, path);
      const node = find(context.fileSystem.guest.volume, text, folderFor(context, folder, text), "slash");
      if (node.kind !== "link" || size <= 0) throw new CallError("EINVAL");
      const bytes = bytesOf(node.target).subarray(0, size);
      memory.slice(target, bytes.length).set(bytes);
      return bytes.length;
    },
    /** mknodat(2): devices and named pipes are not made here. */
    __syscall_mknodat: () => {
      throw new CallError("EPERM");
    },
    /** getdents64(2): entries one after another, as many as there is room for. */
    __syscall_getdents64: (descriptor, target, size) => writeEntries(context, descriptor, target, size)
  });
}
function enter({ fileSystem }, node) {
  if (node.kind !== "folder") throw new CallError("ENOTDIR");
  checkPermission(node, MAY_SEARCH);
  fileSystem.guest.volume.workingFolder = node;
  return 0;
}
function writeEntries(context, descriptor, target, size) {
  const description = descriptionOf(context, descriptor);
  const entries = listing(description);
  if (description.node.kind !== "folder") throw new CallError("ENOTDIR");
  const room = context.memory.slice(target, size).length;
  let written = 0;
  for (; ; ) {
    const entry = entries[description.position];
    if (entry === void 0) return written;
    if (isThere(description.node, entry)) {
      const length = entryLength(entry);
      if (written + length > room) break;
      writeEntry(context, target + written, entry, length, description.position + 1);
      written += length;
    }
    description.position += 1;
  }
  if (written === 0) throw new CallError("EINVAL");
  return written;
}
function writeEntry({ memory }, target, { name, node }, length, next) {
  const bytes = memory.slice(target, length);
  bytes.fill(0);
  bytes.set(bytesOf(name), ENTRY_NAME);
  memory.setInt64(target, BigInt(node.number));
  memory.setInt64(target + 8, BigInt(next));
  memory.setInt16(target + 16, length);
  memory.setUint8(target + 18, TYPE_BITS[node.kind] >> 12);
}
function entryLength({ name }) {
  return Math.ceil((ENTRY_NAME + name.length + 1) / 8) * 8;
}
var ENTRY_NAME = 19;

// src/host/memory-limit.ts
var PAGE_BYTES = 65536;
function limitMemoryInPlace(limited, maxBytes) {
  const pages = Math.floor(maxBytes / PAGE_BYTES);
  const { minimum, maximumStart, maximumEnd } = memorySection(limited);
  if (minimum > pages) throw new RangeError(\`the interpreter needs \${minimum * PAGE_BYTES} bytes of memory, the limit is \${maxBytes}\`);
  writePadded(limited, maximumStart, maximumEnd, pages);
}
function memorySection(binary) {
  let position = HEADER_BYTES;
  while (position < binary.length) {
    const id = binary[position];
    const size = readNumber(binary, position + 1);
    if (id !== MEMORY_SECTION) {
      position = size.end + size.value;
      continue;
    }
    const count = readNumber(binary, size.end);
    const flags = readNumber(binary, count.end);
    const minimum = readNumber(binary, flags.end);
    if ((flags.value & HAS_MAXIMUM) === 0) break;
    return { minimum: minimum.value, maximumStart: minimum.end, maximumEnd: readNumber(binary, minimum.end).end };
  }
  throw new RangeError("the module has no memory with a maximum");
}
function readNumber(binary, start) {
  let value = 0;
  let end = start;
  for (let scale = 1; ; scale *= 128) {
    const byte = binary[end] ?? 0;
    end += 1;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, end };
  }
}
function writePadded(binary, start, end, value) {
  let rest = value;
  for (let position = start; position < end; position += 1) {
    const isLast = position === end - 1;
    binary[position] = rest % 128 | (isLast ? 0 : 128);
    rest = Math.floor(rest / 128);
  }
  if (rest > 0) throw new RangeError(\`a memory of \${value} pages is more than the module can have\`);
}
var HEADER_BYTES = 8;
var MEMORY_SECTION = 5;
var HAS_MAXIMUM = 1;

// src/host/imports/heap.ts
function heapImports(context) {
  const maxBytes = Math.floor(context.options.maxMemoryBytes / PAGE_BYTES) * PAGE_BYTES;
  return {
    /** Bytes that the heap can ever have. */
    emscripten_get_heap_max: () => maxBytes,
    /** Makes the heap at least so large: 1, or 0 where it may not be, which becomes a \`MemoryError\`. */
    emscripten_resize_heap: (bytes) => {
      const { memory } = context.exports;
      const wanted = bytes >>> 0;
      const present = memory.buffer.byteLength;
      if (wanted <= present) return 1;
      if (wanted > maxBytes) return refused(context);
      const size = Math.min(maxBytes, Math.ceil(amount(wanted, present) / PAGE_BYTES) * PAGE_BYTES);
      try {
        memory.grow((size - present) / PAGE_BYTES);
        return 1;
      } catch {
        return refused(context);
      }
    }
  };
}
function amount(wanted, present) {
  return Math.max(wanted, Math.min(present * 1.2, wanted + 32 * 2 ** 20));
}
function refused({ state }) {
  state.isOutOfMemory = true;
  return 0;
}

// src/host/imports/libraries.ts
function libraryImports(context) {
  return {
    /** dlopen(3): 1 where the library of this handle is loaded now; 0 where it cannot be, and the reason is what \`dlerror\` gives. */
    _dlopen_js: (handle) => attempt(context, () => {
      const { memory, state } = context;
      const path = textAt(context, handle + DSO.name, MOST_PATH_BYTES);
      const library = context.linker.load(path, (memory.int32(handle + DSO.flags) & RTLD_GLOBAL) !== 0);
      state.libraries.set(handle >>> 0, library);
      describe(context, handle, library);
      return 1;
    }),
    /** dlsym(3): where a symbol of a loaded library is; 0 where there is none. */
    _dlsym_js: (handle, name) => attempt(context, () => {
      const library = context.state.libraries.get(handle >>> 0);
      const symbol = textAt(context, name, MOST_SYMBOL_BYTES);
      const address = library && context.linker.addressOf(symbol, library);
      if (address === void 0) throw new LibraryError(\`there is no symbol \${symbol}\`);
      return address;
    }),
    /**
     * Memory and a slot for a function that C could call. \`import ctypes\` wants one; nothing is ever in the slot, so that calling it is a
     * trap. A null pointer where there are too many.
     */
    ffi_closure_alloc_js: (bytes, codePlace) => {
      const { exports, memory, state } = context;
      const size = bytes >>> 0;
      if (state.closures.size >= MOST_CLOSURES || size < 4 || size > MOST_CLOSURE_BYTES || !isWritable(context, codePlace)) return 0;
      const pointer = exports.malloc(size);
      if (pointer === 0) return 0;
      state.closures.add(pointer);
      const slot = exports.__indirect_function_table.grow(1);
      memory.setInt32(codePlace, slot);
      memory.setInt32(pointer, slot);
      return pointer;
    },
    /** Gives the memory back, if it came from here; the slot stays empty. */
    ffi_closure_free_js: (pointer) => {
      if (context.state.closures.delete(pointer)) context.exports.free(pointer);
    },
    /** Says what the function would do: it is accepted, and never done. */
    ffi_prep_closure_loc_js: () => 0
  };
}
function attempt(context, work) {
  try {
    return work();
  } catch (error) {
    if (error instanceof LibraryError || error instanceof CallError) return fail(context, error.message);
    throw error;
  }
}
function textAt({ memory }, pointer, most) {
  const text = fromByteText(byteText(memory.zeroTerminated(pointer, most)));
  if (text === void 0) throw new LibraryError("the name is no UTF-8");
  return text;
}
function describe({ exports, memory }, handle, library) {
  const file = memory.int32(handle + DSO.file);
  memory.setInt32(handle + DSO.file, 0);
  memory.setInt32(handle + DSO.fileSize, 0);
  exports.free(file);
  memory.setUint8(handle + DSO.hasMemory, 1);
  memory.setInt32(handle + DSO.memory, library.memoryBase);
  memory.setInt32(handle + DSO.memorySize, library.memorySize);
  memory.setInt32(handle + DSO.table, library.tableBase);
  memory.setInt32(handle + DSO.tableSize, library.tableSize);
}
function fail(context, message) {
  const { exports, memory } = context;
  const bytes = new TextEncoder().encode(\`\${message}\\0\`);
  const pointer = exports.malloc(bytes.length);
  if (pointer === 0) return 0;
  memory.slice(pointer, bytes.length).set(bytes);
  exports.__dl_seterr(pointer, 0);
  exports.free(pointer);
  return 0;
}
function isWritable({ memory }, pointer) {
  try {
    memory.slice(pointer, 4);
    return true;
  } catch {
    return false;
  }
}
var DSO = {
  flags: 4,
  hasMemory: 8,
  memory: 12,
  memorySize: 16,
  table: 20,
  tableSize: 24,
  file: 28,
  fileSize: 32,
  name: 36
};
var RTLD_GLOBAL = 256;
var MOST_SYMBOL_BYTES = 65536;
var MOST_CLOSURES = 256;
var MOST_CLOSURE_BYTES = 4096;

// src/host/imports/mapping.ts
function mappingImports(context) {
  const { memory } = context;
  return systemCalls({
    /** mmap(2) of a file: tells in memory that libc has to free it, and where it is. */
    _mmap_js: (length, protection, flags, descriptor, offset, isAllocated, address) => {
      const description = descriptionOf(context, descriptor);
      const file = mappable(description, protection, flags);
      const position = exactNumber(offset);
      const size = length >>> 0;
      if (position < 0 || size === 0) throw new CallError("EINVAL");
      memory.slice(isAllocated, 4);
      memory.slice(address, 4);
      const place = context.exports.emscripten_builtin_memalign(PAGE, size);
      if (place === 0) throw new CallError("ENOMEM");
      const target = memory.slice(place, size);
      target.fill(0, file.content.read(target, position));
      memory.setInt32(isAllocated, 1);
      memory.setInt32(address, place);
      return 0;
    },
    /** munmap(2): libc frees the memory itself. */
    _munmap_js: (address, length, protection, flags, descriptor, offset) => {
      if ((protection & MAY_BE_WRITTEN) !== 0 && (flags & SHARED) !== 0) writeBack(context, address, length, descriptor, offset);
      return 0;
    },
    /** msync(2). */
    _msync_js: (address, length, protection, _flags, descriptor, offset) => {
      if ((protection & MAY_BE_WRITTEN) !== 0) writeBack(context, address, length, descriptor, offset);
      return 0;
    }
  });
}
function mappable({ node, canRead, canWrite }, protection, flags) {
  if (node.kind !== "file") throw new CallError("ENODEV");
  if (!canRead) throw new CallError("EACCES");
  if ((flags & SHARED) !== 0 && (protection & MAY_BE_WRITTEN) !== 0 && !canWrite) throw new CallError("EACCES");
  return node;
}
function writeBack(context, address, length, descriptor, offset) {
  const { node, canWrite } = descriptionOf(context, descriptor);
  const position = exactNumber(offset);
  if (node.kind !== "file" || !canWrite || position < 0) throw new CallError("EACCES");
  const bytes = context.memory.slice(address, length).subarray(0, Math.max(0, node.content.size - position));
  if (bytes.length === 0) return;
  node.content.write(bytes, position);
  context.fileSystem.guest.volume.touchFile(node);
}
var PAGE = 65536;
var MAY_BE_WRITTEN = 2;
var SHARED = 1;

// src/host/file-system/pipe.ts
function openPipe(volume, descriptors) {
  const pipe = volume.newPipe();
  const reading = descriptors.open(newDescription(pipe, true, false, 0), false);
  try {
    return [reading, descriptors.open(newDescription(pipe, false, true, 0), false)];
  } catch (error) {
    descriptors.close(reading);
    throw error;
  }
}
function readPipe(pipe, target) {
  let done = 0;
  while (done < target.length) {
    const [first] = pipe.waiting;
    if (first === void 0) break;
    const part = first.subarray(0, target.length - done);
    target.set(part, done);
    done += part.length;
    if (part.length === first.length) pipe.waiting.shift();
    else pipe.waiting[0] = first.subarray(part.length);
  }
  pipe.waitingBytes -= done;
  if (done === 0 && target.length > 0 && pipe.writers > 0) throw new CallError("EAGAIN");
  return done;
}
function writePipe(pipe, bytes) {
  if (pipe.readers === 0) throw new CallError("EPIPE");
  const room = PIPE_BYTES - pipe.waitingBytes;
  if (bytes.length > room && (bytes.length <= WHOLE_BYTES || room === 0)) throw new CallError("EAGAIN");
  const taken = bytes.slice(0, room);
  if (taken.length > 0) pipe.waiting.push(taken);
  pipe.waitingBytes += taken.length;
  return taken.length;
}
function hasRoom(pipe) {
  return PIPE_BYTES - pipe.waitingBytes >= WHOLE_BYTES;
}
var PIPE_BYTES = 65536;
var WHOLE_BYTES = 4096;

// src/host/imports/opening.ts
function openingImports(context) {
  const { memory } = context;
  return {
    ...systemCalls({
      /** open(2): the permissions of a new file stand where the variable arguments are. */
      __syscall_openat: (folder, path, flags, values) => {
        const { volume, descriptors } = context.fileSystem.guest;
        const text = pathAt(context, path);
        const permissions = values === 0 ? 0 : memory.uint32(values);
        return open(volume, descriptors, text, folderFor(context, folder, text), flags, permissions);
      },
      /** dup(2). */
      __syscall_dup: (descriptor) => context.fileSystem.guest.descriptors.duplicate(descriptor, 0, false),
      /** dup3(2). */
      __syscall_dup3: (descriptor, target, flags) => {
        if (descriptor === target || (flags & ~CLOSE_ON_EXEC) !== 0) throw new CallError("EINVAL");
        context.fileSystem.guest.descriptors.duplicateTo(descriptor, target, flags !== 0);
        return target;
      },
      /** pipe(2): two descriptors, at a place in memory. */
      __syscall_pipe: (pointer) => {
        const { volume, descriptors } = context.fileSystem.guest;
        memory.slice(pointer, 8);
        const [reading, writing] = openPipe(volume, descriptors);
        memory.setInt32(pointer, reading);
        memory.setInt32(pointer + 4, writing);
        return 0;
      },
      /** fcntl(2): doubling, flags of the descriptor and of what it leads to; locks are always had, as nobody else is there. */
      __syscall_fcntl64: (descriptor, command, values) => controlDescriptor(context, descriptor, command, values),
      /** ioctl(2): nothing is a terminal; only what sets flags of a descriptor is done. */
      __syscall_ioctl: (descriptor, request, values) => controlDevice(context, descriptor, request, values)
    }),
    ...wasiCalls({
      /** close(2). */
      fd_close: (descriptor) => {
        context.fileSystem.guest.descriptors.close(descriptor);
        return 0;
      },
      /** What a descriptor leads to, for libc's \`isatty\` and \`fdopen\`: its type, no flags and no rights. */
      fd_fdstat_get: (descriptor, pointer) => {
        const { node } = descriptionOf(context, descriptor);
        memory.slice(pointer, 24).fill(0);
        memory.setUint8(pointer, WASI_TYPES[node.kind]);
        return 0;
      }
    })
  };
}
function controlDescriptor(context, descriptor, command, values) {
  const { memory } = context;
  const { descriptors } = context.fileSystem.guest;
  const description = descriptors.get(descriptor);
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return descriptors.duplicate(descriptor, memory.int32(values), command === F_DUPFD_CLOEXEC);
    case F_GETFD:
      return descriptors.closesOnExec(descriptor) ? FD_CLOEXEC : 0;
    case F_SETFD:
      descriptors.setClosesOnExec(descriptor, (memory.int32(values) & FD_CLOEXEC) !== 0);
      return 0;
    case F_GETFL:
      return (description.canRead && description.canWrite ? 2 : description.canWrite ? 1 : 0) | description.statusFlags;
    case F_SETFL:
      description.statusFlags = memory.int32(values) & STATUS_FLAGS;
      return 0;
    case F_GETLK:
      memory.setInt16(memory.uint32(values), F_UNLCK);
      return 0;
    case F_SETLK:
    case F_SETLKW:
      return 0;
    default:
      throw new CallError("EINVAL");
  }
}
function controlDevice(context, descriptor, request, values) {
  const { memory } = context;
  const { descriptors } = context.fileSystem.guest;
  const description = descriptors.get(descriptor);
  switch (request) {
    case FIOCLEX:
    case FIONCLEX:
      descriptors.setClosesOnExec(descriptor, request === FIOCLEX);
      return 0;
    case FIONBIO:
      description.statusFlags = description.statusFlags & ~NON_BLOCKING | (memory.int32(memory.uint32(values)) === 0 ? 0 : NON_BLOCKING);
      return 0;
    default:
      throw new CallError("ENOTTY");
  }
}
var WASI_TYPES = { folder: 3, file: 4, device: 0, stream: 0, pipe: 0 };
var F_DUPFD = 0;
var F_GETFD = 1;
var F_SETFD = 2;
var F_GETFL = 3;
var F_SETFL = 4;
var F_GETLK = 12;
var F_SETLK = 13;
var F_SETLKW = 14;
var F_DUPFD_CLOEXEC = 1030;
var FD_CLOEXEC = 1;
var F_UNLCK = 2;
var FIONCLEX = 21584;
var FIOCLEX = 21585;
var FIONBIO = 21537;

// src/host/imports/poll.ts
function pollImports(context) {
  return systemCalls({
    /** poll(2): ended by a signal that is due (\`EINTR\`), which is looked for every 20 ms. This is how the interpreter sleeps. */
    __syscall_poll: (pointer, count, timeout) => {
      const places = pollPlaces(context, pointer, count);
      const { clock } = context.options;
      const end = timeout < 0 ? Number.POSITIVE_INFINITY : clock.now() + timeout;
      for (; ; ) {
        const ready = answer(context, places);
        const left = end - clock.now();
        if (ready > 0 || timeout === 0 || left <= 0) return ready;
        const signal = context.options.dueSignal();
        if (signal !== 0) {
          context.state.pendingSignal = signal;
          throw new CallError("EINTR");
        }
        waitFor(context, places, left);
      }
    }
  });
}
function pollPlaces({ memory }, pointer, count) {
  const wanted = count >>> 0;
  if (wanted > MOST_PLACES) throw new CallError("EINVAL");
  if (wanted === 0) return [];
  const start = memory.slice(pointer, wanted * PLACE_BYTES).byteOffset;
  return Array.from({ length: wanted }, (_, index) => {
    const place = start + index * PLACE_BYTES;
    return { place, descriptor: memory.int32(place), events: memory.int16(place + 4) };
  });
}
function answer({ memory, fileSystem }, places) {
  const { descriptors } = fileSystem.guest;
  let ready = 0;
  for (const { place, descriptor, events } of places) {
    let found = 0;
    if (descriptor >= 0) {
      found = descriptors.has(descriptor) ? readiness(descriptors.get(descriptor)) & (events | ERROR | HUNG_UP) : NOT_OPEN;
    }
    memory.setInt16(place + 6, found);
    if (found !== 0) ready += 1;
  }
  return ready;
}
function readiness({ node, canRead }) {
  if (node.kind === "pipe") {
    if (!canRead) return node.readers === 0 ? WRITABLE | ERROR : hasRoom(node) ? WRITABLE : 0;
    return (node.waitingBytes > 0 ? READABLE : 0) | (node.writers === 0 ? HUNG_UP : 0);
  }
  if (node.kind !== "device" && node.kind !== "stream") return READABLE | WRITABLE;
  const isReadable = node.device.waitReadable?.(0) ?? true;
  return (isReadable ? READABLE : 0) | WRITABLE;
}
function waitFor({ fileSystem, options }, places, ms) {
  const { descriptors } = fileSystem.guest;
  for (const { descriptor, events } of places) {
    if ((events & READABLE) === 0 || !descriptors.has(descriptor)) continue;
    const { node } = descriptors.get(descriptor);
    if (node.kind !== "stream" || node.device.waitReadable === void 0) continue;
    node.device.waitReadable(ms);
    return;
  }
  options.wait(Math.min(ms, SLICE_MS));
}
var PLACE_BYTES = 8;
var MOST_PLACES = 1024;
var SLICE_MS = 20;
var READABLE = 1;
var WRITABLE = 4;
var ERROR = 8;
var HUNG_UP = 16;
var NOT_OPEN = 32;

// src/host/imports/process.ts
function processImports(context) {
  return {
    /** exit(3): ends the run with a \`GuestExit\`. */
    exit: leave,
    /** _exit(2): the same. */
    proc_exit: leave,
    /** abort(3): ends the run with a \`GuestAbort\`. */
    _abort_js: () => {
      throw new GuestAbort("the interpreter gave up");
    },
    /** assert(3) that did not hold: a \`GuestAbort\` with its text. */
    __assert_fail: (text) => {
      throw new GuestAbort(\`the interpreter gave up: \${shortText(context, text)}\`);
    },
    /** Asked between instructions of Python: the number of a signal that is due, or 0. The host is asked every 32nd time, as that costs something. */
    _Py_CheckEmscriptenSignals_Helper: () => {
      const { state, options } = context;
      const pending = state.pendingSignal;
      if (pending !== 0) {
        state.pendingSignal = 0;
        return pending;
      }
      state.checks += 1;
      return state.checks % CHECKS_BETWEEN === 0 ? options.dueSignal() : 0;
    },
    /** Calls a handler that C set for a signal; what is none ends the run. */
    __call_sighandler: (slot, signal) => {
      const handler = slot > 0 && slot < context.exports.__indirect_function_table.length ? context.exports.__indirect_function_table.get(slot) : null;
      if (typeof handler !== "function" || handler.length !== 1) throw new GuestAbort(\`the handler of signal \${signal} is no function\`);
      handler(signal);
    }
  };
}
function leave(code) {
  throw new GuestExit(code);
}
function shortText({ memory }, pointer) {
  try {
    return fromByteText(byteText(memory.zeroTerminated(pointer, MOST_TEXT_BYTES))) ?? "";
  } catch {
    return "";
  }
}
var CHECKS_BETWEEN = 32;
var MOST_TEXT_BYTES = 1024;

// src/host/imports/runtime.ts
function runtimeImports() {
  return {
    /** A runtime that stays after \`main\`: this one always does. */
    emscripten_runtime_keepalive_push: nothing,
    emscripten_runtime_keepalive_pop: nothing,
    _emscripten_runtime_keepalive_clear: nothing,
    /** Texts for the console of a browser: there is none. */
    emscripten_log_impl_js: nothing,
    _emscripten_log_formatted: nothing,
    emscripten_debugger: nothing,
    /** What \`platform\` would say of the browser or of Node: a null pointer, nothing is known. */
    _Py_emscripten_runtime: () => 0,
    /** Whether Python can wait for a promise of JavaScript: no. */
    can_run_sync_js: () => 0,
    /** A map for references to JavaScript objects, made while the module starts: there are none. */
    __hiwire_deduplicate_new: () => null
  };
}
function nothing() {
}

// src/host/imports/sockets.ts
function socketImports(context) {
  return {
    ...systemCalls({
      /** socket(2): no family of addresses is known. */
      __syscall_socket: () => {
        throw new CallError("EAFNOSUPPORT");
      },
      ...Object.fromEntries(
        ON_SOCKETS.map((name) => [
          name,
          (descriptor) => {
            descriptionOf(context, descriptor);
            throw new CallError("ENOTSOCK");
          }
        ])
      )
    }),
    /** getaddrinfo(3): the name is not known. */
    getaddrinfo: () => NAME_NOT_KNOWN,
    /** getnameinfo(3): neither. */
    getnameinfo: () => NAME_NOT_KNOWN,
    /** getprotobyname(3): a null pointer. */
    getprotobyname: () => 0,
    /** gethostbyname(3): no address. */
    _emscripten_lookup_name: () => 0,
    ...ASYNCHRONOUS
  };
}
var ON_SOCKETS = [
  "__syscall_accept4",
  "__syscall_bind",
  "__syscall_connect",
  "__syscall_getpeername",
  "__syscall_getsockname",
  "__syscall_getsockopt",
  "__syscall_listen",
  "__syscall_recvfrom",
  "__syscall_recvmsg",
  "__syscall_sendmsg",
  "__syscall_sendto"
];
var ASYNCHRONOUS = {
  _maybe_connect_async: () => null,
  _maybe_recvfrom_async: () => null,
  _maybe_sendto_async: () => null,
  _maybe_poll_async: () => null,
  _try_fcntl64: () => 0,
  _try_shutdown: () => 0
};
var NAME_NOT_KNOWN = -2;

// src/host/file-system/status.ts
function statusOf(node) {
  const { number, accessedNs, modifiedNs, changedNs } = node;
  const mode = TYPE_BITS[node.kind] | node.permissions;
  return { number, mode, links: linksOf(node), size: sizeOf(node), accessedNs, modifiedNs, changedNs };
}
function linksOf(node) {
  if (!node.isLinked) return 0;
  if (node.kind !== "folder") return 1;
  let links = 2;
  for (const inner of node.entries.values()) if (inner.kind === "folder") links += 1;
  return links;
}
function sizeOf(node) {
  if (node.kind === "file") return node.content.size;
  if (node.kind === "link") return node.target.length;
  return node.kind === "folder" ? FOLDER_BYTES : 0;
}
var FOLDER_BYTES = 4096;

// src/host/imports/status.ts
function statusImports(context) {
  const { memory } = context;
  return systemCalls({
    /** stat(2). */
    __syscall_stat64: (path, target) => writeStatus(context, target, nodeAt(context, AT_WORKING_FOLDER, path, 0)),
    /** lstat(2): of a link, not of what it leads to. */
    __syscall_lstat64: (path, target) => writeStatus(context, target, nodeAt(context, AT_WORKING_FOLDER, path, AT_NO_FOLLOW)),
    /** fstat(2). */
    __syscall_fstat64: (descriptor, target) => writeStatus(context, target, descriptionOf(context, descriptor).node),
    /** fstatat(2). */
    __syscall_newfstatat: (folder, path, target, flags) => writeStatus(context, target, nodeAt(context, folder, path, flags)),
    /** faccessat(2): the program is the owner of all there is. */
    __syscall_faccessat: (folder, path, wanted, flags) => {
      if ((wanted & ~7) !== 0) throw new CallError("EINVAL");
      const node = nodeAt(context, folder, path, flags);
      if ((wanted & 2) !== 0 && node.kind === "file" && node.content.isReadOnly) throw new CallError("EROFS");
      checkPermission(node, wanted << 6);
      return 0;
    },
    /** chmod(2). */
    __syscall_chmod: (path, permissions) => setPermissions(context, nodeAt(context, AT_WORKING_FOLDER, path, 0), permissions),
    /** fchmod(2). */
    __syscall_fchmod: (descriptor, permissions) => setPermissions(context, descriptionOf(context, descriptor).node, permissions),
    /** fchmodat2(2): a link itself has no permissions. */
    __syscall_fchmodat2: (folder, path, permissions, flags) => {
      const node = nodeAt(context, folder, path, flags);
      if (node.kind === "link") throw new CallError("EOPNOTSUPP");
      return setPermissions(context, node, permissions);
    },
    /** fchown(2): to the one user there is. */
    __syscall_fchown32: (descriptor, user, group) => {
      descriptionOf(context, descriptor);
      return checkOwner(user, group);
    },
    /** fchownat(2). */
    __syscall_fchownat: (folder, path, user, group, flags) => {
      nodeAt(context, folder, path, flags);
      return checkOwner(user, group);
    },
    /** utimensat(2): two times at a place in memory, or the present one for both. */
    __syscall_utimensat: (folder, path, times, flags) => {
      if (times !== 0) memory.slice(times, 2 * TIME_BYTES);
      const node = path === 0 ? descriptionOf(context, folder).node : nodeAt(context, folder, path, flags);
      const accessed = timeAt(context, times, 0);
      const modified = timeAt(context, times, TIME_BYTES);
      if (node.isFixed) throw new CallError("EPERM");
      node.accessedNs = accessed ?? node.accessedNs;
      node.modifiedNs = modified ?? node.modifiedNs;
      node.changedNs = context.fileSystem.guest.volume.now();
      return 0;
    },
    /** statfs(2): there is one file system. */
    __syscall_statfs64: (path, size, target) => {
      nodeAt(context, AT_WORKING_FOLDER, path, 0);
      return writeFileSystemStatus(context, target, size);
    },
    /** fstatfs(2). */
    __syscall_fstatfs64: (descriptor, size, target) => {
      descriptionOf(context, descriptor);
      return writeFileSystemStatus(context, target, size);
    }
  });
  function timeAt({ fileSystem }, times, offset) {
    if (times === 0) return fileSystem.guest.volume.now();
    const nanoseconds2 = memory.int32(times + offset + 8);
    if (nanoseconds2 === NOW) return fileSystem.guest.volume.now();
    if (nanoseconds2 === UNCHANGED) return void 0;
    if (nanoseconds2 < 0 || nanoseconds2 >= 1e9) throw new CallError("EINVAL");
    return BigInt.asIntN(64, memory.int64(times + offset)) * NS_PER_SECOND + BigInt(nanoseconds2);
  }
}
function nodeAt(context, descriptor, pointer, flags) {
  const path = pathAt(context, pointer);
  const { volume } = context.fileSystem.guest;
  if (path === "" && (flags & AT_EMPTY_PATH) !== 0) {
    return descriptor === AT_WORKING_FOLDER ? volume.workingFolder : descriptionOf(context, descriptor).node;
  }
  const start = folderFor(context, descriptor, path);
  return find(volume, path, start, (flags & AT_NO_FOLLOW) === 0 ? "yes" : "slash");
}
function setPermissions({ fileSystem }, node, permissions) {
  if (node.isFixed) throw new CallError("EPERM");
  node.permissions = permissions & 4095;
  node.changedNs = fileSystem.guest.volume.now();
  return 0;
}
function checkOwner(user, group) {
  if (user !== -1 && user !== USER || group !== -1 && group !== USER) throw new CallError("EPERM");
  return 0;
}
function writeStatus({ memory }, target, node) {
  const status = statusOf(node);
  memory.slice(target, STATUS_BYTES).fill(0);
  memory.setInt32(target, 1);
  memory.setInt32(target + 4, status.mode);
  memory.setInt32(target + 8, status.links);
  memory.setInt32(target + 12, USER);
  memory.setInt32(target + 16, USER);
  memory.setInt64(target + 24, BigInt(status.size));
  memory.setInt32(target + 32, BLOCK_BYTES);
  memory.setInt32(target + 36, Math.ceil(status.size / 512));
  writeTime(memory, target + 40, status.accessedNs);
  writeTime(memory, target + 56, status.modifiedNs);
  writeTime(memory, target + 72, status.changedNs);
  memory.setInt64(target + 88, BigInt(status.number));
  return 0;
}
function writeTime(memory, target, time) {
  const nanoseconds2 = (time % NS_PER_SECOND + NS_PER_SECOND) % NS_PER_SECOND;
  memory.setInt64(target, BigInt.asIntN(64, (time - nanoseconds2) / NS_PER_SECOND));
  memory.setInt32(target + 8, Number(nanoseconds2));
}
function writeFileSystemStatus({ memory, fileSystem }, target, size) {
  const { quota } = fileSystem.guest.volume;
  if (size !== FILE_SYSTEM_BYTES) throw new CallError("EINVAL");
  memory.slice(target, FILE_SYSTEM_BYTES).fill(0);
  const freeBlocks = BigInt(Math.floor((quota.maxBytes - quota.usedBytes) / BLOCK_BYTES));
  memory.setInt32(target + 4, BLOCK_BYTES);
  memory.setInt64(target + 8, BigInt(Math.floor(quota.maxBytes / BLOCK_BYTES)));
  memory.setInt64(target + 16, freeBlocks);
  memory.setInt64(target + 24, freeBlocks);
  memory.setInt64(target + 32, BigInt(quota.maxFiles));
  memory.setInt64(target + 40, BigInt(quota.maxFiles - quota.usedFiles));
  memory.setInt32(target + 56, MOST_NAME_BYTES);
  memory.setInt32(target + 60, BLOCK_BYTES);
  return 0;
}
var USER = 1e3;
var STATUS_BYTES = 96;
var FILE_SYSTEM_BYTES = 88;
var TIME_BYTES = 16;
var BLOCK_BYTES = 4096;
var NS_PER_SECOND = 1000000000n;
var NOW = 1073741823;
var UNCHANGED = 1073741822;

// src/host/imports/surroundings.ts
function surroundingImports(context) {
  const { memory, options } = context;
  const entries = Object.entries(options.environment).map(([name, value]) => encoder2.encode(\`\${name}=\${value}\\0\`));
  return {
    ...wasiCalls({
      /** How many entries the environment has, and how many bytes. */
      environ_sizes_get: (count, bytes) => {
        memory.slice(bytes, 4);
        memory.setInt32(count, entries.length);
        memory.setInt32(
          bytes,
          entries.reduce((sum, entry) => sum + entry.length, 0)
        );
        return 0;
      },
      /** The entries one after another, and where each begins. */
      environ_get: (places, target) => {
        let start = target;
        for (const [index, entry] of entries.entries()) {
          memory.slice(start, entry.length).set(entry);
          memory.setInt32(places + index * 4, start);
          start += entry.length;
        }
        return 0;
      },
      /** getrandom(2). */
      random_get: (target, length) => {
        if (length !== 0) options.randomFill(memory.slice(target, length));
        return 0;
      }
    }),
    ...answering(
      {
        /** Name of the program; nothing where there is no room for it. */
        _emscripten_get_progname: (target, size) => {
          if (size >>> 0 >= PROGRAM.length) memory.slice(target, PROGRAM.length).set(PROGRAM);
        }
      },
      () => void 0
    ),
    ...systemCalls({
      /** getuid(2) and its like. */
      __syscall_getuid32_js: () => USER,
      /** umask(2): the mask that was there before. */
      __syscall_umask_js: (mask) => {
        const { volume } = context.fileSystem.guest;
        const before = volume.mask;
        volume.mask = mask & 511;
        return before;
      }
    }),
    /** system(3): there is no shell, which is how it answers to both of its questions. */
    _emscripten_system: (command) => command === 0 ? 0 : -1
  };
}
var encoder2 = new TextEncoder();
var PROGRAM = encoder2.encode("python\\0");

// src/host/file-system/transfer.ts
function read(description, target, position) {
  if (!description.canRead) throw new CallError("EBADF");
  const { node } = description;
  if (node.kind === "folder") throw new CallError("EISDIR");
  if (node.kind !== "file") {
    if (position !== void 0) throw new CallError("ESPIPE");
    if (node.kind === "pipe") return readPipe(node, target);
    if (node.device.read === void 0) throw new CallError("EBADF");
    return Math.max(0, Math.min(target.length, node.device.read(target)));
  }
  const length = node.content.read(target, position ?? description.position);
  if (position === void 0) description.position += length;
  return length;
}
function write(volume, description, bytes, position) {
  if (!description.canWrite) throw new CallError("EBADF");
  const { node } = description;
  if (node.kind === "folder") throw new CallError("EISDIR");
  if (node.kind !== "file") {
    if (position !== void 0) throw new CallError("ESPIPE");
    if (node.kind === "pipe") return writePipe(node, bytes);
    if (node.device.write === void 0) throw new CallError("EBADF");
    node.device.write(bytes);
    return bytes.length;
  }
  if (bytes.length === 0) return 0;
  const start = (description.statusFlags & APPEND) !== 0 ? node.content.size : position ?? description.position;
  node.content.write(bytes, start);
  if (position === void 0) description.position = start + bytes.length;
  volume.touchFile(node);
  return bytes.length;
}
function seek(description, offset, origin) {
  const { node } = description;
  if (node.kind !== "file" && node.kind !== "folder") throw new CallError("ESPIPE");
  const base = seekBase(description, origin);
  const position = base + offset;
  if (position < 0) throw new CallError("EINVAL");
  if (position > Number.MAX_SAFE_INTEGER) throw new CallError("EOVERFLOW");
  description.position = position;
  if (node.kind === "folder" && position === 0) description.listing = void 0;
  return position;
}
function resizeOpen(volume, description, size) {
  if (description.node.kind !== "file" || !description.canWrite) throw new CallError("EINVAL");
  resize(volume, description.node, size);
}
function resize(volume, file, size) {
  if (size < 0) throw new CallError("EINVAL");
  if (file.content.isReadOnly) throw new CallError("EROFS");
  file.content.resize(size);
  volume.touchFile(file);
}
function seekBase({ node, position }, origin) {
  const size = node.kind === "file" ? node.content.size : 0;
  if (origin === FROM_START) return 0;
  if (origin === FROM_POSITION) return position;
  if (origin === FROM_END) return size;
  throw new CallError("EINVAL");
}
var FROM_START = 0;
var FROM_POSITION = 1;
var FROM_END = 2;

// src/host/imports/transfer.ts
function transferImports(context) {
  const { memory } = context;
  return {
    ...wasiCalls({
      /** readv(2). */
      fd_read: (descriptor, buffers, count, done) => transfer(context, buffers, count, done, reader(descriptionOf(context, descriptor))),
      /** writev(2). */
      fd_write: (descriptor, buffers, count, done) => transfer(context, buffers, count, done, writer(context, descriptionOf(context, descriptor))),
      /** preadv(2). */
      fd_pread: (descriptor, buffers, count, position, done) => transfer(context, buffers, count, done, reader(...placed(context, descriptor, position))),
      /** pwritev(2). */
      fd_pwrite: (descriptor, buffers, count, position, done) => transfer(context, buffers, count, done, writer(context, ...placed(context, descriptor, position))),
      /** lseek(2). */
      fd_seek: (descriptor, offset, origin, pointer) => {
        const description = descriptionOf(context, descriptor);
        memory.slice(pointer, 8);
        memory.setInt64(pointer, BigInt(seek(description, exactNumber(offset), origin)));
        return 0;
      },
      /** fsync(2): nothing is kept on a disk. */
      fd_sync: (descriptor) => {
        descriptionOf(context, descriptor);
        return 0;
      }
    }),
    ...systemCalls({
      /** fdatasync(2): as fsync. */
      __syscall_fdatasync: (descriptor) => {
        descriptionOf(context, descriptor);
        return 0;
      },
      /** ftruncate(2). */
      __syscall_ftruncate64: (descriptor, size) => {
        resizeOpen(context.fileSystem.guest.volume, descriptionOf(context, descriptor), exactNumber(size));
        return 0;
      },
      /** truncate(2). */
      __syscall_truncate64: (path, size) => {
        const { volume } = context.fileSystem.guest;
        if (size < 0n) throw new CallError("EINVAL");
        const node = find(volume, pathAt(context, path), volume.workingFolder);
        if (node.kind === "folder") throw new CallError("EISDIR");
        if (node.kind !== "file") throw new CallError("EINVAL");
        checkPermission(node, MAY_WRITE);
        resize(volume, node, exactNumber(size));
        return 0;
      },
      /** fallocate(2): makes a file as long as that; modes that punch holes are not had. */
      __syscall_fallocate: (descriptor, mode, position, length) => {
        const file = writableFile(descriptionOf(context, descriptor));
        const start = exactNumber(position);
        const end = start + exactNumber(length);
        if (start < 0 || end <= start) throw new CallError("EINVAL");
        if (mode !== 0) throw new CallError("EOPNOTSUPP");
        if (end > file.content.size) resize(context.fileSystem.guest.volume, file, end);
        return 0;
      },
      /** posix_fadvise(2): advice is not needed. */
      __syscall_fadvise64: (descriptor) => {
        if (descriptionOf(context, descriptor).node.kind === "pipe") throw new CallError("ESPIPE");
        return 0;
      }
    })
  };
}
function transfer({ memory }, buffers, count, done, move) {
  if (!(count >= 0 && count <= MOST_BUFFERS)) throw new CallError("EINVAL");
  memory.slice(done, 4);
  let moved = 0;
  for (let index = 0; index < count; index += 1) {
    const buffer = memory.slice(buffers, count * BUFFER_BYTES).byteOffset + index * BUFFER_BYTES;
    const length = memory.uint32(buffer + 4);
    const bytes = length === 0 ? NOTHING : memory.slice(memory.uint32(buffer), length);
    const part = moved === 0 ? move(bytes) : moveMore(move, bytes);
    moved += part;
    if (part < length) break;
  }
  memory.setInt32(done, moved);
  return 0;
}
function moveMore(move, bytes) {
  try {
    return move(bytes);
  } catch (error) {
    if (error instanceof CallError) return 0;
    throw error;
  }
}
function placed(context, descriptor, position) {
  if (position < 0n) throw new CallError("EINVAL");
  return [descriptionOf(context, descriptor), exactNumber(position)];
}
function reader(description, position) {
  let next = position;
  return (target) => {
    const length = read(description, target, next);
    if (next !== void 0) next += length;
    return length;
  };
}
function writer(context, description, position) {
  let next = position;
  return (bytes) => {
    const length = write(context.fileSystem.guest.volume, description, bytes, next);
    if (next !== void 0) next += length;
    return length;
  };
}
function writableFile({ node, canWrite }) {
  if (!canWrite) throw new CallError("EBADF");
  if (node.kind === "pipe") throw new CallError("ESPIPE");
  if (node.kind !== "file") throw new CallError("ENODEV");
  return node;
}
var MOST_BUFFERS = 1024;
var BUFFER_BYTES = 8;
var NOTHING = new Uint8Array(0);

// src/host/import-table.ts
function importTable(module, context) {
  checkImports(module);
  const allowed = new Map(Object.entries(implementedImports(context)));
  const table = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const names = table[from] ?? {};
    table[from] = names;
    names[name] = kind === "global" ? new WebAssembly.Global({ value: "i32", mutable: true }, 0) : allowed.get(name) ?? denied(name);
  }
  return table;
}
function implementedImports(context) {
  return {
    ...openingImports(context),
    ...transferImports(context),
    ...statusImports(context),
    ...folderImports(context),
    ...pollImports(context),
    ...socketImports(context),
    ...clockImports(context),
    ...calendarImports(context),
    ...surroundingImports(context),
    ...heapImports(context),
    ...mappingImports(context),
    ...processImports(context),
    ...runtimeImports(),
    ...libraryImports(context)
  };
}
function denied(name) {
  return () => {
    throw new SandboxViolation(name);
  };
}

// src/host/memory.ts
var GuestMemory = class {
  #memory;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Whose memory it is. Before, nothing lies inside: the imports exist before the instance does. */
  attach(memory) {
    this.#memory = memory;
  }
  /** The bytes of a stretch, in place: valid until the interpreter runs on. */
  slice(pointer, length) {
    const start = this.#checked(pointer, length >>> 0);
    return this.#bytes.subarray(start, start + (length >>> 0));
  }
  /** The bytes before the first zero, in place. Throws \`ENAMETOOLONG\` where there is none in \`most\` bytes. */
  zeroTerminated(pointer, most) {
    const start = this.#checked(pointer, 1);
    const end = this.#bytes.subarray(start, start + most).indexOf(0);
    if (end >= 0) return this.#bytes.subarray(start, start + end);
    throw new CallError(start + most > this.#bytes.length ? "EFAULT" : "ENAMETOOLONG");
  }
  uint8(pointer) {
    return this.#current().getUint8(this.#checked(pointer, 1));
  }
  int16(pointer) {
    return this.#current().getInt16(this.#checked(pointer, 2), true);
  }
  int32(pointer) {
    return this.#current().getInt32(this.#checked(pointer, 4), true);
  }
  uint32(pointer) {
    return this.#current().getUint32(this.#checked(pointer, 4), true);
  }
  int64(pointer) {
    return this.#current().getBigInt64(this.#checked(pointer, 8), true);
  }
  setUint8(pointer, value) {
    this.#current().setUint8(this.#checked(pointer, 1), value);
  }
  setInt16(pointer, value) {
    this.#current().setInt16(this.#checked(pointer, 2), value, true);
  }
  setInt32(pointer, value) {
    this.#current().setInt32(this.#checked(pointer, 4), value, true);
  }
  setInt64(pointer, value) {
    this.#current().setBigInt64(this.#checked(pointer, 8), value, true);
  }
  /** All of it, as it is now. */
  all() {
    this.#refresh();
    return this.#bytes;
  }
  /** The place of a pointer, if so many bytes from there on are inside. */
  #checked(pointer, length) {
    this.#refresh();
    const start = pointer >>> 0;
    if (start === 0 || start + length > this.#bytes.length) throw new CallError("EFAULT");
    return start;
  }
  /** JavaScript evaluates what a method is called on before the arguments: it must not be a view that these replace. */
  #current() {
    this.#refresh();
    return this.#view;
  }
  /** Memory that has grown is another buffer. */
  #refresh() {
    if (this.#memory === void 0 || this.#bytes.buffer === this.#memory.buffer) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }
};

// src/host/trampoline.ts
function instantiateTrampoline(memory, table) {
  compiled ??= new WebAssembly.Module(BINARY);
  return new WebAssembly.Instance(compiled, { env: { memory, __indirect_function_table: table } }).exports["trampoline_call"];
}
var compiled;
var HEX = "0061736d0100000001200560037f7f7f017f60027f7f017f60017f017f6000017f60057f7f7f7f7f017f02310203656e76066d656d6f727902000103656e76195f5f696e6469726563745f66756e6374696f6e5f7461626c6501700001030201040713010f7472616d706f6c696e655f63616c6c00000a60015e002000410136020020012500fb1400044020022003200420011100000f0b20012500fb140104402002200320011101000f0b20012500fb14020440200220011102000f0b20012500fb1403044020011103000f0b2000410036020041000b";
var BINARY = Uint8Array.from(HEX.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

// src/host/instance.ts
function instantiateHost(module, options) {
  const guest = { fileSystem: options.fileSystem, state: newImportState(), instance: void 0, linker: void 0 };
  const context = contextOf(guest, options);
  const instance = new WebAssembly.Instance(module, importTable(module, context));
  const exports = exportsOf(module, instance);
  guest.instance = { exports, all: instance.exports };
  context.memory.attach(exports.memory);
  const trampolineSlot = exports.__indirect_function_table.grow(1);
  exports.__indirect_function_table.set(trampolineSlot, instantiateTrampoline(exports.memory, exports.__indirect_function_table));
  let isUsed = false;
  return {
    get fileSystem() {
      return guest.fileSystem;
    },
    get isOutOfMemory() {
      return guest.state.isOutOfMemory;
    },
    set isOutOfMemory(isOutOfMemory) {
      guest.state.isOutOfMemory = isOutOfMemory;
    },
    memoryBytes: () => exports.memory.buffer.byteLength,
    boot: () => {
      isUsed = true;
      boot(context, trampolineSlot);
    },
    run: (code) => run(context, code),
    capture: () => capture(exports),
    restore: (image, fileSystem) => {
      const wasUsed = isUsed;
      isUsed = true;
      restore(exports, image, wasUsed);
      guest.state = newImportState();
      guest.linker = void 0;
      if (fileSystem !== void 0) guest.fileSystem = fileSystem;
    },
    protectStack: (stackBytes) => protectStack(exports, stackBytes)
  };
}
function contextOf(guest, options) {
  function instance() {
    if (guest.instance === void 0) throw new GuestAbort("the interpreter called out before it was there");
    return guest.instance;
  }
  const context = {
    options,
    memory: new GuestMemory(),
    get fileSystem() {
      return guest.fileSystem;
    },
    get state() {
      return guest.state;
    },
    get exports() {
      return instance().exports;
    },
    get linker() {
      guest.linker ??= guestLinker(context, instance().all, implementedImports(context));
      return guest.linker;
    }
  };
  return context;
}
function boot(context, trampolineSlot) {
  const { exports } = context;
  exports.__wasm_call_ctors();
  const { memory } = context;
  const trampolineOffset = memory.int32(Number(exports._PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET.value));
  memory.setInt32(Number(exports._PyRuntime.value) + trampolineOffset, trampolineSlot);
  memory.setUint8(Number(exports.Py_EMSCRIPTEN_SIGNAL_HANDLING.value), 1);
  const name = copied(context, "python");
  const names = exports.malloc(8);
  if (name === 0 || names === 0) throw new GuestAbort("there is no memory to start the interpreter");
  memory.setInt32(names, name);
  memory.setInt32(names + 4, 0);
  const code = exports.__main_argc_argv(1, names);
  if (code !== 0) throw new GuestAbort(\`the interpreter did not start: \${code}\`);
}
function run(context, code) {
  const text = copied(context, code);
  if (text === 0) {
    context.state.isOutOfMemory = true;
    return false;
  }
  const failed = context.exports.PyRun_SimpleString(text);
  context.exports.free(text);
  return failed === 0;
}
function capture(exports) {
  return {
    memoryBytes: exports.memory.buffer.byteLength,
    tableLength: exports.__indirect_function_table.length,
    stackPointer: exports.emscripten_stack_get_current(),
    memory: new Uint8Array(exports.memory.buffer)
  };
}
function restore(exports, image, isUsed) {
  const missingBytes = image.memoryBytes - exports.memory.buffer.byteLength;
  if (missingBytes > 0) exports.memory.grow(missingBytes / PAGE_BYTES);
  const missingSlots = image.tableLength - exports.__indirect_function_table.length;
  if (missingSlots > 0) exports.__indirect_function_table.grow(missingSlots);
  const memory = new Uint8Array(exports.memory.buffer);
  const clear = isUsed || !isZero(memory, image.runs[0]?.offset ?? 0);
  let end = 0;
  let position = 0;
  for (const { offset, length } of image.runs) {
    if (clear) memory.fill(0, end, offset);
    image.read(memory.subarray(offset, offset + length), position);
    position += length;
    end = offset + length;
  }
  if (clear) memory.fill(0, end);
  exports._emscripten_stack_restore(image.stackPointer);
}
function isZero(memory, offset) {
  return memory.subarray(offset, offset + SYSTEM_PAGE_BYTES).every((byte) => byte === 0);
}
function protectStack(exports, stackBytes) {
  const top = exports.emscripten_stack_get_current() >>> 0;
  const size = Math.min(Math.max(Math.floor(stackBytes / STACK_RATIO), LEAST_STACK_BYTES), MOST_STACK_BYTES);
  const failed = exports.PyUnstable_ThreadState_SetStackProtection(exports.PyThreadState_GetUnchecked(), top - size, size);
  if (failed !== 0) throw new GuestAbort("the stack cannot be protected");
}
function copied({ exports, memory }, text) {
  const bytes = new TextEncoder().encode(\`\${text}\\0\`);
  const pointer = exports.malloc(bytes.length);
  if (pointer !== 0) memory.slice(pointer, bytes.length).set(bytes);
  return pointer;
}
var STACK_RATIO = 24;
var LEAST_STACK_BYTES = 2e5;
var MOST_STACK_BYTES = 4e6;
var SYSTEM_PAGE_BYTES = 4096;

// src/joined.ts
function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    whole.set(piece, position);
    position += piece.length;
  }
  return whole;
}

// src/image/image-error.ts
var ImageError = class extends Error {
  name = "ImageError";
};

// src/image/heap-image.ts
var WASM_PAGE = 65536;
var MOST_HEADER_BYTES = 4 * 2 ** 20;
function openHeap(part) {
  const length = new Uint8Array(4);
  part.read(length, 0);
  const headerBytes = new DataView(length.buffer).getUint32(0, true);
  if (headerBytes > MOST_HEADER_BYTES) throw new ImageError("the header of its heap is too long");
  const text = new Uint8Array(headerBytes);
  part.read(text, length.length);
  const start = length.length + headerBytes;
  const header = checkedHeader(parsed(text), part.size - start);
  return { ...header, read: (target, position) => part.read(target, start + position) };
}
function parsed(text) {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch (cause) {
    throw new ImageError("the header of its heap is no JSON", { cause });
  }
}
function checkedHeader(value, runBytes) {
  const { memoryBytes, tableLength, stackPointer, runs } = Object(value);
  if (!isCount(memoryBytes) || memoryBytes % WASM_PAGE !== 0 || memoryBytes > 2 ** 32) throw new ImageError("its heap has no size");
  if (!isCount(tableLength)) throw new ImageError("its heap does not say how long the function table is");
  if (!isCount(stackPointer) || stackPointer > memoryBytes) throw new ImageError("its heap does not say where the stack is");
  if (!Array.isArray(runs)) throw new ImageError("its heap has no runs");
  const checked = runs.map(checkedRun);
  let end = 0;
  for (const { offset, length } of checked) {
    if (offset < end || offset + length > memoryBytes) throw new ImageError("a run of its heap lies where none may be");
    end = offset + length;
  }
  const sum = checked.reduce((bytes, { length }) => bytes + length, 0);
  if (sum !== runBytes) throw new ImageError(\`the runs of its heap have \${sum} bytes by its header, and \${runBytes} are there\`);
  return { memoryBytes, tableLength, stackPointer, runs: checked };
}
function checkedRun(value) {
  const { offset, length } = Object(value);
  if (!isCount(offset) || !isCount(length)) throw new ImageError("a run of its heap has no place");
  return { offset, length };
}
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

// src/image/standard-library.ts
var LIBRARY_PATH = "/lib/python314.zip";
var COMPILED_LIBRARY_PATH = "/tmp/library.zip";
var COMPILE_LIBRARY = \`
def compile_library(source, target):
    import importlib._bootstrap_external
    import importlib.util
    import zipfile

    def add(library, name, content, how):
        library.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, how)

    with zipfile.ZipFile(source) as sources, zipfile.ZipFile(target, 'w') as library:
        for name in sources.namelist():
            if name.endswith('/') or name.startswith(('pyodide/', '_pyodide/')):
                continue
            content = sources.read(name)
            if name.endswith('.py'):
                code = compile(content, f'{source}/{name}', 'exec', dont_inherit=True)
                source_hash = importlib.util.source_hash(content)
                compiled = importlib._bootstrap_external._code_to_hash_pyc(code, source_hash, False)
                add(library, name + 'c', compiled, zipfile.ZIP_STORED)
            add(library, name, content, zipfile.ZIP_DEFLATED)
compile_library('\${LIBRARY_PATH}', '\${COMPILED_LIBRARY_PATH}')
\`;

// src/image/interpreter-files.ts
var FOLDERS = ["/lib/python3.14/site-packages", "/lib/python3.14/lib-dynload", "/home/user", "/tmp"];
function layOutInterpreter(fileSystem, library) {
  for (const folder of FOLDERS) fileSystem.makeFolder(folder);
  fileSystem.mountFile(LIBRARY_PATH, library);
  fileSystem.setWorkingFolder("/home/user");
}

// src/image/part-reader.ts
import { fstatSync, readSync } from "node:fs";
function partReader(source, extent) {
  return {
    size: extent.size,
    read(target, position) {
      if (!(position >= 0 && target.length <= extent.size - position)) throw new ImageError("an image is read beyond the end of a part");
      if (typeof source === "number") fill(source, target, extent.offset + position);
      else target.set(wholeSlice(source, extent.offset + position, target.length));
    }
  };
}
function readPart(source, extent) {
  const bytes = new Uint8Array(extent.size);
  partReader(source, extent).read(bytes, 0);
  return bytes;
}
function atAnyPlace(source, size) {
  if (typeof source !== "number" || fstatSync(source).isFile()) return source;
  const bytes = new Uint8Array(size);
  fill(source, bytes, void 0);
  return bytes;
}
function fill(descriptor, target, position) {
  let filled = 0;
  while (filled < target.length) {
    const place = position === void 0 ? null : position + filled;
    const count = readSync(descriptor, target, filled, target.length - filled, place);
    if (count === 0) throw new ImageError("an image ends before its last part does");
    filled += count;
  }
}
function wholeSlice(bytes, start, size) {
  const slice = bytes.subarray(start, start + size);
  if (slice.length < size) throw new ImageError("an image ends before its last part does");
  return slice;
}

// src/image/wasm-sections.ts
var PREAMBLE2 = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
function readSections(module) {
  if (!PREAMBLE2.every((byte, index) => module[index] === byte)) throw new ImageError("this is no WebAssembly module of version 1");
  const reader2 = new WasmReader(module.subarray(PREAMBLE2.length));
  const sections = [];
  while (!reader2.isAtEnd) {
    const id = reader2.byte();
    sections.push({ id, body: reader2.bytes(reader2.number()) });
  }
  return sections;
}
function writeSections(sections) {
  return joined([PREAMBLE2, ...sections.flatMap(({ id, body }) => [Uint8Array.of(id), encodedNumber(body.length), body])]);
}
var WasmReader = class {
  #bytes;
  #position = 0;
  constructor(bytes) {
    this.#bytes = bytes;
  }
  get position() {
    return this.#position;
  }
  get isAtEnd() {
    return this.#position === this.#bytes.length;
  }
  byte() {
    const byte = this.#bytes[this.#position];
    if (byte === void 0) throw new ImageError("a WebAssembly module ends too early");
    this.#position += 1;
    return byte;
  }
  bytes(count) {
    if (count > this.#bytes.length - this.#position) throw new ImageError("a WebAssembly module ends too early");
    this.#position += count;
    return this.#bytes.subarray(this.#position - count, this.#position);
  }
  /** An unsigned number of 32 bits, as LEB128. */
  number() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) {
        if (value > 4294967295) break;
        return value;
      }
    }
    throw new ImageError("a number in a WebAssembly module has more than 32 bits");
  }
  text() {
    return new TextDecoder().decode(this.bytes(this.number()));
  }
};
function encodedNumber(value) {
  const bytes = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

// src/image/strip.ts
var EXPORTS = 7;
function withFirstExports(module, count) {
  return writeSections(readSections(module).map((section) => section.id === EXPORTS ? onlyFirst(section, count) : section));
}
function onlyFirst({ id, body }, count) {
  const reader2 = new WasmReader(body);
  if (reader2.number() < count) throw new ImageError(\`the WebAssembly module has fewer than \${count} exports\`);
  const start = reader2.position;
  for (let left = count; left > 0; left -= 1) {
    reader2.bytes(reader2.number());
    passWhat(reader2);
  }
  return { id, body: joined([encodedNumber(count), body.subarray(start, reader2.position)]) };
}
function passWhat(reader2) {
  reader2.byte();
  reader2.number();
}

// src/image/open.ts
function openImage({ source: place, core, library, heap }) {
  const source = atAnyPlace(place, Math.max(...[core, library, heap].map(({ offset, size }) => offset + size)));
  return {
    compile(maxMemoryBytes, isForLibraries = false) {
      const whole = readPart(source, core);
      return compileLimited(isForLibraries ? whole : withFirstExports(whole, EXPORT_NAMES.length), maxMemoryBytes);
    },
    heap: openHeap(partReader(source, heap)),
    layOut: (fileSystem) => layOutInterpreter(fileSystem, partReader(source, library))
  };
}
function compileLimited(binary, maxMemoryBytes) {
  limitMemoryInPlace(binary, maxMemoryBytes);
  const module = new WebAssembly.Module(binary);
  binary.buffer.transfer(0);
  return module;
}

// src/guest/interpreter.ts
var IN_PLACE_BYTES = 64 * 2 ** 20;
function openInterpreter({ image, limits, stackBytes }, options, prepare) {
  const opened = openImage(image);
  const module = opened.compile(limits.memoryBytes, limits.hasPackages === true);
  let host = fresh();
  function emptyFileSystem() {
    const { clock, randomFill } = options;
    const fileSystem = createFileSystem({ clock, randomFill, maxBytes: limits.fileBytes, maxFiles: limits.files });
    opened.layOut(fileSystem);
    prepare(fileSystem);
    return fileSystem;
  }
  function fresh() {
    const instance = instantiateHost(module, {
      ...options,
      fileSystem: emptyFileSystem(),
      // A program may have less than its session; a copy would not know.
      get maxMemoryBytes() {
        return options.maxMemoryBytes;
      }
    });
    instance.restore(opened.heap);
    instance.protectStack(stackBytes);
    return instance;
  }
  return {
    get host() {
      return host;
    },
    reset() {
      if (host.memoryBytes() >= IN_PLACE_BYTES) {
        host = fresh();
        return;
      }
      host.restore(opened.heap, emptyFileSystem());
      host.protectStack(stackBytes);
    }
  };
}

// src/guest/outputs.ts
var FLUSH_BYTES = 16 * 2 ** 10;
var FLUSH_MS = 50;
var TOLD_AT_ONCE = 16;
var LONGEST_CHARACTER = 4;
function createOutputs(limit, now, tell) {
  const streams = { stdout: createOutput(limit), stderr: createOutput(limit) };
  let waiting;
  let waitingBytes = 0;
  let periodStart = now();
  let toldInPeriod = 0;
  function join(stream, text) {
    if (text === "") return;
    if (waiting?.stream !== stream) {
      flush();
      waiting = { stream, texts: [] };
    }
    waiting.texts.push(text);
    waitingBytes += text.length;
  }
  function flush() {
    const told = waiting;
    waiting = void 0;
    waitingBytes = 0;
    if (told !== void 0) tell(told.stream, told.texts.join(""));
  }
  function flushOld() {
    if (waiting === void 0) return;
    if (now() - periodStart >= FLUSH_MS) {
      periodStart = now();
      toldInPeriod = 0;
    }
    toldInPeriod += 1;
    if (toldInPeriod <= TOLD_AT_ONCE) flush();
  }
  return {
    get bytes() {
      return streams.stdout.bytes + streams.stderr.bytes;
    },
    add(stream, bytes) {
      join(stream, streams[stream].add(bytes));
      if (waitingBytes >= FLUSH_BYTES) flush();
      else flushOld();
    },
    flushOld,
    flush,
    finish() {
      const { stdout, stderr } = streams;
      join("stdout", stdout.end());
      join("stderr", stderr.end());
      flush();
      return {
        ...stdout.dropped > 0 ? { stdoutBytes: stdout.dropped } : {},
        ...stderr.dropped > 0 ? { stderrBytes: stderr.dropped } : {}
      };
    }
  };
}
function createOutput(limit) {
  const decoder4 = new TextDecoder("utf-8", { ignoreBOM: true });
  const tailBytes = Math.floor(limit / 2) + LONGEST_CHARACTER;
  let tail = [];
  let tailLength = 0;
  let room = limit;
  let total = 0;
  let dropped = 0;
  function shortenTail() {
    const whole = joined(tail);
    let start = Math.max(0, tailLength - tailBytes);
    while (isContinuation(whole[start])) start += 1;
    dropped += start;
    tail = [whole.slice(start)];
    tailLength -= start;
  }
  function take(text) {
    const bytes = encoder3.encode(text);
    total += bytes.length;
    if (bytes.length <= room) {
      room -= bytes.length;
      return text;
    }
    const end = characterStart(bytes, room);
    room = 0;
    tail.push(bytes.subarray(end));
    tailLength += bytes.length - end;
    if (tailLength > 2 * tailBytes + 2 ** 16) shortenTail();
    return text === "" ? "" : lastDecoder.decode(bytes.subarray(0, end));
  }
  return {
    get bytes() {
      return total;
    },
    get dropped() {
      return dropped;
    },
    add: (bytes) => take(decoder4.decode(bytes, { stream: true })),
    end() {
      const rest = take(decoder4.decode());
      shortenTail();
      return rest + lastDecoder.decode(joined(tail));
    }
  };
}
function characterStart(bytes, position) {
  let start = position;
  while (start > 0 && isContinuation(bytes[start])) start -= 1;
  return start;
}
function isContinuation(byte) {
  return byte !== void 0 && (byte & 192) === 128;
}
var encoder3 = new TextEncoder();
var lastDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

// src/guest/program-clock.ts
function startClock({ now, cpuMs }) {
  const begin = now();
  const cpuBegin = cpuMs();
  let waitedBefore = 0;
  let waitsSince;
  function waited() {
    return waitedBefore + (waitsSince === void 0 ? 0 : now() - waitsSince);
  }
  return {
    setWaiting(isWaiting) {
      waitedBefore = waited();
      waitsSince = isWaiting ? now() : void 0;
    },
    own() {
      const elapsed = now() - begin;
      const notWaited = elapsed - waited();
      return notWaited === elapsed ? elapsed : Math.min(elapsed, Math.max(notWaited, cpuMs() - cpuBegin));
    },
    waited,
    cpu: () => cpuMs() - cpuBegin
  };
}

// src/guest/python-channel.ts
var MOST_BYTES = 48 * 2 ** 20;
var ChannelBroken = class extends Error {
  name = "ChannelBroken";
};
function createPythonChannel(onMessage, wait2) {
  let incoming = [];
  let written = [];
  let writtenBytes = 0;
  function read2(target) {
    let filled = 0;
    while (filled < target.length) {
      const first = incoming[0];
      if (first === void 0) break;
      const part = first.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      if (part.length === first.length) incoming.shift();
      else incoming[0] = first.subarray(part.length);
    }
    return filled;
  }
  function write2(bytes) {
    written.push(bytes.slice());
    writtenBytes += bytes.length;
    while (writtenBytes >= LENGTH_BYTES) {
      const [only] = written;
      const all = only !== void 0 && written.length === 1 ? only : joined(written);
      const length = new DataView(all.buffer, all.byteOffset).getUint32(0, true);
      if (length > MOST_BYTES) throw new ChannelBroken(\`a frame of \${length} bytes was written to descriptor 3\`);
      const end = LENGTH_BYTES + length;
      written = [all];
      if (all.length < end) return;
      written = [all.subarray(end)];
      writtenBytes = all.length - end;
      onMessage(parsed2(all.subarray(LENGTH_BYTES, end)));
    }
  }
  return {
    device: {
      read: read2,
      write: write2,
      waitReadable(ms) {
        if (incoming.length === 0) wait2(ms);
        return incoming.length > 0;
      }
    },
    lay(message) {
      const json = encoder4.encode(JSON.stringify(message));
      const frame = new Uint8Array(LENGTH_BYTES + json.length);
      new DataView(frame.buffer).setUint32(0, json.length, true);
      frame.set(json, LENGTH_BYTES);
      incoming.push(frame);
    },
    get isReadable() {
      return incoming.length > 0;
    },
    clear() {
      incoming = [];
      written = [];
      writtenBytes = 0;
    }
  };
}
function parsed2(json) {
  try {
    const message = JSON.parse(decoder2.decode(json));
    if (typeof message === "object" && message !== null) return message;
  } catch (error) {
    throw new ChannelBroken("what was written to descriptor 3 is no JSON", { cause: error });
  }
  throw new ChannelBroken("what was written to descriptor 3 is no JSON object");
}
var LENGTH_BYTES = 4;
var encoder4 = new TextEncoder();
var decoder2 = new TextDecoder("utf-8", { ignoreBOM: true });

// src/guest/execution.ts
var REPEAT_MS = 250;
var LOOK_MS = 5;
var OPEN_CALLS = 16;
var SIGINT = 2;
function beginExecution(number, limits, { port: port2, system: system2, memoryBytes, serve }) {
  const { now } = system2;
  const openCalls = /* @__PURE__ */ new Set();
  const outputs = createOutputs(limits.outputBytes, now, (type, text) => tell({ type, number, text }));
  let clock = startClock(system2);
  let ended;
  let hasBegun = false;
  let stop;
  let nextSignal = 0;
  let nextLook = 0;
  let displayRoom = 2 * limits.displayBytes;
  let droppedDisplays = 0;
  function tell(message) {
    port2.send(message);
  }
  function stopFor(reason) {
    stop = reason;
    nextSignal = now();
    outputs.flush();
    if (reason !== "aborted") tell({ type: "status", number, status: "interrupting", detail: reason });
  }
  function lookAround() {
    const time = now();
    if (time < nextLook) return;
    nextLook = time + LOOK_MS;
    outputs.flushOld();
    serve();
    if (stop !== void 0 || !hasBegun) return;
    if (port2.stopNumber() === number) stopFor("aborted");
    else if (clock.own() >= limits.wallMs) stopFor("deadline");
    else if (outputs.bytes > limits.outputHardBytes) stopFor("output_limit");
  }
  function isDue() {
    return stop !== void 0 && hasBegun && now() >= nextSignal;
  }
  function showDisplay(display) {
    if (!isDisplay(display)) throw new ChannelBroken("a display is none");
    const size = Object.values(display.data).reduce((sum, content) => sum + content.length, 0);
    if (size > displayRoom) {
      droppedDisplays += 1;
      return;
    }
    displayRoom -= size;
    outputs.flush();
    tell({ type: "display", number, display: { data: display.data } });
  }
  function openCall({ id, name, arguments: given }) {
    if (typeof id !== "string" || typeof name !== "string" || typeof given !== "string") throw new ChannelBroken("a tool call is none");
    if (openCalls.size >= OPEN_CALLS || openCalls.has(id)) throw new ChannelBroken("more tool calls than a program may open");
    openCalls.add(id);
    outputs.flush();
    tell({ type: "call", number, id, name, arguments: given });
  }
  return {
    number,
    write(stream, bytes) {
      outputs.add(stream, bytes);
      if (stop === void 0 && outputs.bytes > limits.outputHardBytes) stopFor("output_limit");
    },
    hear(message) {
      switch (message["type"]) {
        case "begun":
          if (hasBegun) return;
          hasBegun = true;
          clock = startClock(system2);
          return;
        case "display":
          showDisplay(message["display"]);
          return;
        case "call":
          openCall(message);
          return;
        case "waiting":
          return;
        // here it is known when it waits
        case "ended":
          if (message["number"] === number) ended ??= asRan(message["ran"]);
          return;
        default:
          throw new ChannelBroken("a message is none of the runtime");
      }
    },
    closeCall: (id) => openCalls.delete(id),
    patience() {
      if (stop !== void 0) return Math.max(1, nextSignal - now());
      return openCalls.size > 0 ? Number.POSITIVE_INFINITY : Math.max(1, limits.wallMs - clock.own());
    },
    pause() {
      outputs.flush();
      if (openCalls.size === 0) return () => {
      };
      clock.setWaiting(true);
      tell({ type: "waiting", number, isWaiting: true });
      return () => {
        clock.setWaiting(false);
        tell({ type: "waiting", number, isWaiting: false });
      };
    },
    flush: () => outputs.flush(),
    dueSignal() {
      lookAround();
      if (!isDue()) return 0;
      nextSignal = now() + REPEAT_MS;
      return SIGINT;
    },
    isDue() {
      nextLook = 0;
      lookAround();
      return isDue();
    },
    finish({ lost, droppedFiles }) {
      const droppedText = outputs.finish();
      const ran = ended ?? {};
      const displays = droppedDisplays + (ran.dropped?.displays ?? 0);
      const dropped = { ...droppedText, ...displays > 0 ? { displays } : {}, ...droppedFiles > 0 ? { files: droppedFiles } : {} };
      const usage = { wallMs: clock.own(), cpuMs: clock.cpu(), toolMs: clock.waited(), peakMemoryBytes: memoryBytes() };
      const { reason, value, dropped: _, ...rest } = ran;
      return {
        ...rest,
        // What was told to stop is not what it says that it is: it may have caught its interrupt and gone on a while.
        ...stop === void 0 ? { reason: lost?.reason ?? reason, value } : stop === "aborted" ? {} : { reason: stop },
        ...Object.keys(dropped).length > 0 ? { dropped } : {},
        ...lost === void 0 ? {} : { state: "lost", warnings: [lost.detail] },
        usage
      };
    }
  };
}
function isDisplay(display) {
  if (typeof display !== "object" || display === null || !("data" in display)) return false;
  const { data } = display;
  return typeof data === "object" && data !== null && Object.values(data).every((content) => typeof content === "string");
}
function asRan(ran) {
  if (typeof ran === "object" && ran !== null) return ran;
  throw new ChannelBroken("a program ended without a result");
}

// src/guest/frames.ts
var MOST_CONTENT_BYTES = 2 ** 20;
var MOST_HEADER_BYTES2 = 64 * 2 ** 20;
var MOST_DEPTH2 = 80;
var NONCE_BYTES = 16;
var PREFIX_BYTES = 8 + NONCE_BYTES;
var FrameError = class extends Error {
  name = "FrameError";
};
function encodeFrame(nonce, header, contentBytes) {
  const json = encoder5.encode(JSON.stringify(header));
  checkSizes(json.length, contentBytes);
  const bytes = new Uint8Array(PREFIX_BYTES + json.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, json.length, true);
  view.setUint32(4, contentBytes, true);
  bytes.set(nonce, 8);
  bytes.set(json, PREFIX_BYTES);
  return bytes;
}
function decodePrefix(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PREFIX_BYTES);
  const headerBytes = view.getUint32(0, true);
  const contentBytes = view.getUint32(4, true);
  checkSizes(headerBytes, contentBytes);
  return { headerBytes, contentBytes, nonce: bytes.slice(8, PREFIX_BYTES) };
}
function decodeHeader(bytes) {
  if (isDeeperThan(bytes, MOST_DEPTH2)) throw new FrameError(\`a header is nested deeper than \${MOST_DEPTH2} levels\`);
  try {
    const header = JSON.parse(decoder3.decode(bytes));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) return header;
  } catch (error) {
    throw new FrameError("a header is no JSON", { cause: error });
  }
  throw new FrameError("a header is no JSON object");
}
function checkSizes(headerBytes, contentBytes) {
  if (headerBytes > MOST_HEADER_BYTES2) throw new FrameError(\`a header of \${headerBytes} bytes, the limit is \${MOST_HEADER_BYTES2}\`);
  if (contentBytes > MOST_CONTENT_BYTES) throw new FrameError(\`a content of \${contentBytes} bytes, the limit is \${MOST_CONTENT_BYTES}\`);
}
function isDeeperThan(json, levels) {
  let depth = 0;
  for (let position = 0; position < json.length; position += 1) {
    const byte = json[position];
    if (byte === QUOTE) position = endOfString(json, position);
    else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
      depth += 1;
      if (depth > levels) return true;
    } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth -= 1;
  }
  return false;
}
function endOfString(json, start) {
  let end = json.indexOf(QUOTE, start + 1);
  while (end > 0 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1);
  return end < 0 ? json.length : end;
}
function isEscaped(json, position) {
  let backslashes = 0;
  while (json[position - 1 - backslashes] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
var encoder5 = new TextEncoder();
var decoder3 = new TextDecoder("utf-8", { ignoreBOM: true });
var QUOTE = 34;
var BACKSLASH = 92;
var OPENING_BRACE = 123;
var CLOSING_BRACE = 125;
var OPENING_BRACKET = 91;
var CLOSING_BRACKET = 93;

// src/guest/mime-types.ts
function mimeTypeOf(path) {
  let [stem, ending] = splitEnding(path);
  const whole = LONG_FORMS.get(ending);
  if (whole !== void 0) [stem, ending] = splitEnding(stem + whole);
  if (ENCODINGS.has(ending)) [, ending] = splitEnding(stem);
  return TYPES.get(ending) ?? TYPES.get(ending.toLowerCase());
}
function splitEnding(path) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  const isEnding = dot > 0 && /[^.]/.test(name.slice(0, dot));
  return isEnding ? [path.slice(0, path.length - name.length + dot), name.slice(dot)] : [path, ""];
}
var LONG_FORMS = new Map(
  Object.entries({ ".svgz": ".svg.gz", ".tgz": ".tar.gz", ".taz": ".tar.gz", ".tz": ".tar.gz", ".tbz2": ".tar.bz2", ".txz": ".tar.xz" })
);
var ENCODINGS = /* @__PURE__ */ new Set([".gz", ".Z", ".bz2", ".xz", ".br"]);
var ENDINGS_OF = {
  "text/javascript": "js mjs",
  "application/epub+zip": "epub",
  "application/gzip": "gz",
  "application/json": "json",
  "application/manifest+json": "webmanifest",
  "application/msword": "doc dot wiz",
  "application/n-quads": "nq",
  "application/n-triples": "nt",
  "application/octet-stream": "bin a dll exe o obj so",
  "application/oda": "oda",
  "application/ogg": "ogx",
  "application/pdf": "pdf",
  "application/pkcs7-mime": "p7c",
  "application/postscript": "ps ai eps",
  "application/trig": "trig",
  "application/vnd.apple.mpegurl": "m3u m3u8",
  "application/vnd.ms-excel": "xls xlb",
  "application/vnd.ms-fontobject": "eot",
  "application/vnd.ms-powerpoint": "ppt pot ppa pps pwz",
  "application/vnd.oasis.opendocument.graphics": "odg",
  "application/vnd.oasis.opendocument.presentation": "odp",
  "application/vnd.oasis.opendocument.spreadsheet": "ods",
  "application/vnd.oasis.opendocument.text": "odt",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.rar": "rar",
  "application/wasm": "wasm",
  "application/x-7z-compressed": "7z",
  "application/x-bcpio": "bcpio",
  "application/x-cpio": "cpio",
  "application/x-csh": "csh",
  "application/x-debian-package": "deb",
  "application/x-dvi": "dvi",
  "application/x-gtar": "gtar",
  "application/x-hdf": "hdf",
  "application/x-hdf5": "h5",
  "application/x-latex": "latex",
  "application/x-mif": "mif",
  "application/x-netcdf": "cdf nc",
  "application/x-pkcs12": "p12 pfx",
  "application/x-httpd-php": "php",
  "application/x-pn-realaudio": "ram",
  "application/x-python-code": "pyc pyo",
  "application/x-rpm": "rpm",
  "application/x-sh": "sh",
  "application/x-shar": "shar",
  "application/x-shockwave-flash": "swf",
  "application/x-sv4cpio": "sv4cpio",
  "application/x-sv4crc": "sv4crc",
  "application/x-tar": "tar",
  "application/x-tcl": "tcl",
  "application/x-tex": "tex",
  "application/x-texinfo": "texi texinfo",
  "application/x-troff": "roff t tr",
  "application/x-troff-man": "man",
  "application/x-troff-me": "me",
  "application/x-troff-ms": "ms",
  "application/x-ustar": "ustar",
  "application/x-wais-source": "src",
  "application/xml": "xsl rdf wsdl xpdl",
  "application/yaml": "yaml yml",
  "application/zip": "zip",
  "audio/3gpp": "3gp 3gpp",
  "audio/3gpp2": "3g2 3gpp2",
  "audio/aac": "aac adts loas ass",
  "audio/basic": "au snd",
  "audio/flac": "flac",
  "audio/matroska": "mka",
  "audio/mp4": "m4a",
  "audio/mpeg": "mp3 mp2",
  "audio/ogg": "ogg",
  "audio/opus": "opus",
  "audio/x-aiff": "aif aifc aiff",
  "audio/x-pn-realaudio": "ra",
  "audio/vnd.wave": "wav",
  "font/otf": "otf",
  "font/ttf": "ttf",
  "audio/webm": "weba",
  "font/woff": "woff",
  "font/woff2": "woff2",
  "image/avif": "avif",
  "image/bmp": "bmp",
  "image/emf": "emf",
  "image/fits": "fits",
  "image/g3fax": "g3",
  "image/gif": "gif",
  "image/ief": "ief",
  "image/jp2": "jp2",
  "image/jpeg": "jpg jpe jpeg",
  "image/jpm": "jpm",
  "image/jpx": "jpx",
  "image/heic": "heic",
  "image/heif": "heif",
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/t38": "t38",
  "image/tiff": "tiff tif",
  "image/tiff-fx": "tfx",
  "image/vnd.microsoft.icon": "ico",
  "image/webp": "webp",
  "image/wmf": "wmf",
  "image/x-cmu-raster": "ras",
  "image/x-portable-anymap": "pnm",
  "image/x-portable-bitmap": "pbm",
  "image/x-portable-graymap": "pgm",
  "image/x-portable-pixmap": "ppm",
  "image/x-rgb": "rgb",
  "image/x-xbitmap": "xbm",
  "image/x-xpixmap": "xpm",
  "image/x-xwindowdump": "xwd",
  "message/rfc822": "eml mht mhtml nws",
  "model/gltf+json": "gltf",
  "model/gltf-binary": "glb",
  "model/stl": "stl",
  "text/css": "css",
  "text/csv": "csv",
  "text/html": "html htm",
  "text/markdown": "md markdown",
  "text/n3": "n3",
  "text/plain": "txt bat c h ksh pl srt",
  "text/richtext": "rtx",
  "text/rtf": "rtf",
  "text/tab-separated-values": "tsv",
  "text/vtt": "vtt",
  "text/x-python": "py",
  "text/x-rst": "rst",
  "text/x-setext": "etx",
  "text/x-sgml": "sgm sgml",
  "text/x-vcard": "vcf",
  "text/xml": "xml",
  "video/matroska": "mkv",
  "video/matroska-3d": "mk3d",
  "video/mp4": "mp4",
  "video/mpeg": "mpeg m1v mpa mpe mpg",
  "video/ogg": "ogv",
  "video/quicktime": "mov qt",
  "video/webm": "webm",
  "video/vnd.avi": "avi",
  "video/x-m4v": "m4v",
  "video/x-ms-wmv": "wmv",
  "video/x-sgi-movie": "movie"
};
var TYPES = new Map(
  Object.entries(ENDINGS_OF).flatMap(([type, endings]) => endings.split(" ").map((ending) => [\`.\${ending}\`, type]))
);

// src/guest/working-folder.ts
var WORKING_FOLDER = "/mnt/data";
var MOST_FILES = 2e4;
var FileFailure = class _FileFailure extends Error {
  name = "FileFailure";
  code;
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
  /** Any error of a file operation as one. */
  static of(error) {
    if (error instanceof _FileFailure) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new _FileFailure(error instanceof CallError && FULL.has(error.code) ? "too_large" : "internal", message, { cause: error });
  }
};
var FULL = /* @__PURE__ */ new Set(["ENOSPC", "EFBIG"]);
function openWorkingFolder(fileSystem, { sha256 }) {
  function* read2(path) {
    const place = placeOf(path);
    const size = fileSystem.fileSize(place);
    if (size === void 0) throw new FileFailure("not_found", \`there is no file \${JSON.stringify(path)}\`);
    for (let position = 0; position < size; ) {
      const piece = new Uint8Array(Math.min(MOST_CONTENT_BYTES, size - position));
      const count = fileSystem.readFile(place, position, piece);
      if (count === 0) return;
      position += count;
      yield piece.subarray(0, count);
    }
  }
  function hashOf(path) {
    const hash = sha256();
    for (const piece of read2(path)) hash.update(piece);
    return hash.hex();
  }
  return {
    begin: () => fileSystem.createFile(),
    place(writer2, paths) {
      for (const path of paths) writer2.place(placeOf(path));
    },
    read: read2,
    remove: (path) => fileSystem.removeFile(placeOf(path)),
    list: () => fileSystem.listFiles(WORKING_FOLDER).slice(0, MOST_FILES),
    changes() {
      const changed = fileSystem.takeChanges(WORKING_FOLDER);
      const files = changed.slice(0, MOST_FILES).map(({ path, change, size }) => {
        if (change === "deleted") return { path, change, size: 0 };
        const mimeType = mimeTypeOf(path);
        return { path, change, size, sha256: hashOf(path), ...mimeType === void 0 ? {} : { mimeType } };
      });
      return { files, dropped: changed.length - files.length };
    }
  };
}
function placeOf(path) {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const isInside2 = parts.length > 0 && !parts.includes("..") && !path.startsWith("/") && !path.includes("\\0");
  if (isInside2) return \`\${WORKING_FOLDER}/\${parts.join("/")}\`;
  throw new FileFailure("internal", \`\${JSON.stringify(path)} is no path in the working folder\`);
}

// src/guest/file-requests.ts
var PAGE_FILES = 1e3;
function serveFiles(port2, folder) {
  const puttings = /* @__PURE__ */ new Map();
  function attempt2(ask, work) {
    try {
      work();
      return true;
    } catch (error) {
      const { code, message } = FileFailure.of(error);
      port2.send({ type: "failed", ask, code, message });
      return false;
    }
  }
  function take(ask, putting, content) {
    putting.left -= content.length;
    const { writer: writer2, paths, left } = putting;
    if (left <= 0) puttings.delete(ask);
    if (writer2 === void 0) return;
    const isTaken = attempt2(ask, () => {
      writer2.write(content);
      if (left > 0) return;
      folder().place(writer2, paths);
      port2.send({ type: "done", ask });
    });
    if (isTaken) return;
    writer2.discard();
    putting.writer = void 0;
  }
  function page(ask, files) {
    for (let start = 0; start < files.length; start += PAGE_FILES) {
      port2.send({ type: "listed", ask, files: files.slice(start, start + PAGE_FILES) });
    }
  }
  return {
    serve(request, content) {
      const { ask } = request;
      switch (request.type) {
        case "put": {
          const putting = { writer: folder().begin(), paths: request.paths, left: request.size };
          puttings.set(ask, putting);
          if (request.size === 0) take(ask, putting, content);
          return;
        }
        case "piece": {
          const putting = puttings.get(ask);
          if (putting !== void 0) take(ask, putting, content);
          return;
        }
        case "read":
          attempt2(ask, () => {
            for (const piece of folder().read(request.path)) port2.send({ type: "piece", ask }, piece);
            port2.send({ type: "done", ask });
          });
          return;
        case "remove":
          attempt2(ask, () => {
            folder().remove(request.path);
            port2.send({ type: "done", ask });
          });
          return;
        case "list":
          attempt2(ask, () => {
            page(ask, folder().list());
            port2.send({ type: "done", ask });
          });
      }
    },
    clear: () => puttings.clear()
  };
}

// src/packages/archive.ts
import { inflateRawSync } from "node:zlib";

// src/packages/package-error.ts
var PackageError = class extends Error {
  name = "PackageError";
};

// src/packages/archive.ts
function listArchive(archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = endOfDirectory(view);
  const files = [];
  let position = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (position + ENTRY_BYTES > end || view.getUint32(position, true) !== ENTRY) throw new PackageError("its directory is damaged");
    const nameBytes = view.getUint16(position + 28, true);
    const name = archive.subarray(position + ENTRY_BYTES, position + ENTRY_BYTES + nameBytes);
    const file = archivedFile(archive, view, position, new TextDecoder().decode(name));
    if (!file.path.endsWith("/")) files.push(file);
    position += ENTRY_BYTES + nameBytes + view.getUint16(position + 30, true) + view.getUint16(position + 32, true);
  }
  return files;
}
function archivedFile(archive, view, entry, path) {
  const method = view.getUint16(entry + 10, true);
  const packedSize = view.getUint32(entry + 20, true);
  const size = view.getUint32(entry + 24, true);
  const header = view.getUint32(entry + 42, true);
  if ((view.getUint16(entry + 8, true) & ENCRYPTED) !== 0 || method !== STORED && method !== DEFLATED) {
    throw new PackageError(\`\${path} in it is packed in a way that cannot be read\`);
  }
  if (header + HEADER_BYTES2 > archive.length || view.getUint32(header, true) !== HEADER)
    throw new PackageError(\`\${path} in it is not there\`);
  const start = header + HEADER_BYTES2 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  if (start + packedSize > archive.length) throw new PackageError(\`\${path} in it is cut off\`);
  const packed = archive.subarray(start, start + packedSize);
  return { path, size, read: () => method === STORED ? stored(path, packed, size) : inflated(path, packed, size) };
}
function stored(path, packed, size) {
  if (packed.length !== size) throw new PackageError(\`\${path} in it is damaged\`);
  return packed;
}
function inflated(path, packed, size) {
  try {
    const bytes = size === 0 ? new Uint8Array() : inflateRawSync(packed, { maxOutputLength: size });
    if (bytes.length === size) return bytes;
  } catch (cause) {
    throw new PackageError(\`\${path} in it is damaged\`, { cause });
  }
  throw new PackageError(\`\${path} in it is damaged\`);
}
function endOfDirectory(view) {
  for (let position = view.byteLength - END_BYTES; position >= Math.max(0, view.byteLength - END_BYTES - 65535); position -= 1) {
    if (view.getUint32(position, true) !== END) continue;
    if (view.getUint32(position + 16, true) === 4294967295) throw new PackageError("it is an archive of the 64-bit kind");
    return position;
  }
  throw new PackageError("it is no archive");
}
var END = 101010256;
var END_BYTES = 22;
var ENTRY = 33639248;
var ENTRY_BYTES = 46;
var HEADER = 67324752;
var HEADER_BYTES2 = 30;
var ENCRYPTED = 1;
var STORED = 0;
var DEFLATED = 8;

// src/packages/package-files.ts
function packageFiles(archive, folder) {
  const files = listArchive(archive);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > MOST_BYTES2 || files.length > MOST_FILES2)
    throw new PackageError(\`it has \${files.length} files of \${size} bytes, which is too much\`);
  return files.flatMap((file) => {
    const parts = file.path.split("/");
    if (file.path.includes("\\\\") || file.path.includes("\\0") || parts.some((part) => part === "" || part === "." || part === "..")) {
      throw new PackageError(\`\${JSON.stringify(file.path)} in it would lie outside of its folder\`);
    }
    const path = folder === "dynlib" ? libraryPath(parts) : wheelPath(parts);
    return path === void 0 ? [] : [{ path: \`\${FOLDERS2[folder]}/\${path}\`, size: file.size, read: file.read }];
  });
}
function isLibrary(path) {
  return /\\.so(\\.[\\d.]+)?$/.test(path);
}
function libraryPath(parts) {
  const name = parts.at(-1) ?? "";
  return isLibrary(name) ? name : void 0;
}
function wheelPath(parts) {
  if (parts[0]?.endsWith(".data") !== true) return parts.join("/");
  return parts[1] === "purelib" || parts[1] === "platlib" ? parts.slice(2).join("/") : void 0;
}
var SITE_FOLDER = "/lib/python3.14/site-packages";
var FOLDERS2 = { site: SITE_FOLDER, dynlib: "/usr/lib", stdlib: "/lib/python3.14" };
var MOST_BYTES2 = 512 * 2 ** 20;
var MOST_FILES2 = 2e4;

// src/guest/recently-read.ts
function recentlyRead(mostBytes, read2) {
  const kept = /* @__PURE__ */ new Map();
  let keptBytes = 0;
  return (key) => {
    const present = kept.get(key);
    const bytes = present ?? read2(key);
    kept.delete(key);
    kept.set(key, bytes);
    if (present !== void 0) return bytes;
    keptBytes += bytes.length;
    for (const [oldest, { length }] of kept) {
      if (keptBytes <= mostBytes || oldest === key) break;
      kept.delete(oldest);
      keptBytes -= length;
    }
    return bytes;
  };
}

// src/guest/package-requests.ts
var UNPACKED_BYTES = 16 * 2 ** 20;
function servePackages(port2, { sha256 }, fileSystem) {
  const receiving = /* @__PURE__ */ new Map();
  const libraries = /* @__PURE__ */ new Set();
  const unpack = recentlyRead(UNPACKED_BYTES, (file) => file.read());
  function attempt2(ask, work) {
    try {
      work();
      port2.send({ type: "done", ask });
    } catch (error) {
      port2.send({ type: "failed", ask, code: "internal", message: FileFailure.of(error).message });
    }
  }
  function install({ folder, libraries: hashes }, archive) {
    for (const hash of hashes) libraries.add(hash);
    for (const file of packageFiles(archive, folder)) {
      const { path, size } = file;
      fileSystem().mountFile(path, {
        size,
        read: (target, position) => target.set(unpack(file).subarray(position, position + target.length))
      });
    }
  }
  function refuse(reasons) {
    for (const [module, reason] of Object.entries(reasons)) {
      const text = new TextEncoder().encode(\`raise ImportError(\${JSON.stringify(reason)}, name=__name__)
\`);
      const read2 = (target, position) => target.set(text.subarray(position, position + target.length));
      fileSystem().mountFile(\`\${SITE_FOLDER}/\${module}.py\`, { size: text.length, read: read2 });
    }
  }
  return {
    serve(request) {
      if (request.type === "install") receiving.set(request.ask, { request, archive: new Uint8Array(request.size), filled: 0 });
      else attempt2(request.ask, () => refuse(request.reasons));
    },
    take(ask, content) {
      const found = receiving.get(ask);
      if (found === void 0) return false;
      found.archive.set(content, found.filled);
      found.filled += content.length;
      if (found.filled === found.archive.length) {
        receiving.delete(ask);
        attempt2(ask, () => install(found.request, found.archive));
      }
      return true;
    },
    isAllowed(library) {
      const hash = sha256();
      hash.update(library);
      return libraries.has(hash.hex());
    },
    clear() {
      receiving.clear();
      libraries.clear();
    }
  };
}

// src/guest/loop.ts
var ENVIRONMENT = { HOME: "/home/user", LANG: "C.UTF-8", PATH: "/usr/bin", TMPDIR: "/tmp", TZ: "UTC" };
var PAGE_FILES2 = 1e3;
function runGuest({ port: port2, system: system2, wishes, openInterpreter: openInterpreter2 }) {
  let execution;
  let memoryLimit = wishes.limits.memoryBytes;
  const channel = createPythonChannel(hear, waitForAnswer);
  const files = serveFiles(port2, () => folder);
  const packages = servePackages(port2, system2, () => interpreter.host.fileSystem);
  const interpreter = openInterpreter2(
    {
      environment: ENVIRONMENT,
      get maxMemoryBytes() {
        return memoryLimit;
      },
      clock: system2,
      randomFill: system2.randomFill,
      wait(ms) {
        execution?.flush();
        system2.wait(ms);
      },
      dueSignal: () => execution?.dueSignal() ?? 0,
      isLibraryAllowed: packages.isAllowed
    },
    prepare
  );
  let folder = openWorkingFolder(interpreter.host.fileSystem, system2);
  startPython();
  if (wishes.isRehearsed) rehearse();
  port2.send({ type: "ready", memoryBytes: interpreter.host.memoryBytes() });
  let isOver = false;
  while (!isOver) handle(port2.receive());
  function prepare(fileSystem) {
    for (const path of [WORKING_FOLDER, "/home/user", "/tmp"]) fileSystem.makeFolder(path);
    fileSystem.setWorkingFolder(WORKING_FOLDER);
    fileSystem.setDevice(0, { read: () => 0 });
    fileSystem.setDevice(1, { write: (bytes) => execution?.write("stdout", bytes) });
    fileSystem.setDevice(2, { write: (bytes) => execution?.write("stderr", bytes) });
    fileSystem.setDevice(3, channel.device);
  }
  function startPython() {
    channel.lay({ type: "start", folder: WORKING_FOLDER, environment: ENVIRONMENT });
    if (!interpreter.host.run(TICK)) throw new Error("the interpreter did not start");
    folder.changes();
  }
  function rehearse() {
    const muted = { ...port2, receiveWithin: () => void 0, send: () => {
    } };
    for (const [index, code] of REHEARSAL.entries()) {
      const number = index + 1;
      execution = beginExecution(number, REHEARSAL_LIMITS, { port: muted, system: system2, memoryBytes: () => 0, serve: () => {
      } });
      channel.lay({ type: "execute", number, code, displayBytes: REHEARSAL_LIMITS.displayBytes, toolCalls: 0 });
      const lost = runProgram(interpreter.host);
      execution = void 0;
      if (lost !== void 0) throw new Error(\`the interpreter failed in its rehearsal: \${lost.detail}\`);
    }
    refresh();
  }
  function hear(message) {
    if (execution !== void 0) execution.hear(message);
    else if (message["type"] !== "ready") throw new ChannelBroken("a message came while no program ran");
  }
  function waitForAnswer(ms) {
    if (execution === void 0) return;
    if (ms === 0) {
      serve();
      return;
    }
    const end = ms < 0 ? Number.POSITIVE_INFINITY : system2.now() + ms;
    const resume = execution.pause();
    while (!execution.isDue() && !channel.isReadable) {
      const left = Math.min(end - system2.now(), execution.patience());
      if (left <= 0) break;
      const frame = left === Number.POSITIVE_INFINITY ? port2.receive() : port2.receiveWithin(left);
      if (frame !== void 0) handle(frame);
    }
    resume();
  }
  function serve() {
    for (let frame = port2.receiveWithin(0); frame !== void 0; frame = port2.receiveWithin(0)) handle(frame);
  }
  function handle({ header, content }) {
    const request = header;
    switch (request.type) {
      case "execute":
        execute(request);
        return;
      case "answer":
        answer2(request);
        return;
      case "reset":
        reset(request.ask);
        return;
      case "install":
      case "refuse":
        packages.serve(request);
        return;
      case "piece":
        if (!packages.take(request.ask, content)) files.serve(request, content);
        return;
      case "put":
      case "read":
      case "remove":
      case "list":
        files.serve(request, content);
        return;
      case "start":
      case "stop":
      // whoever waits looks after each frame
      case "woken":
        return;
    }
  }
  function answer2({ number, id, value, error }) {
    if (execution?.number === number && execution.closeCall(id)) channel.lay({ type: "answer", id, value, error });
  }
  function execute({ number, code, limits }) {
    const { host } = interpreter;
    memoryLimit = Math.max(limits.memoryBytes, host.memoryBytes());
    host.isOutOfMemory = false;
    const running = beginExecution(number, limits, { port: port2, system: system2, memoryBytes: () => host.memoryBytes(), serve });
    execution = running;
    channel.lay({ type: "execute", number, code, displayBytes: limits.displayBytes, toolCalls: limits.toolCalls });
    const lost = runProgram(host);
    execution = void 0;
    memoryLimit = Math.max(limits.memoryBytes, host.memoryBytes());
    isOver = lost !== void 0;
    const changes = isOver ? { files: [], dropped: 0 } : folder.changes();
    for (let start = 0; start < changes.files.length; start += PAGE_FILES2) {
      port2.send({ type: "files", number, files: changes.files.slice(start, start + PAGE_FILES2) });
    }
    port2.send({ type: "ended", number, ran: running.finish({ lost, droppedFiles: changes.dropped }) });
  }
  function reset(ask) {
    refresh();
    port2.send({ type: "done", ask });
  }
  function refresh() {
    channel.clear();
    files.clear();
    packages.clear();
    interpreter.reset();
    folder = openWorkingFolder(interpreter.host.fileSystem, system2);
    startPython();
  }
}
var REHEARSAL = [
  \`print(1)\`,
  \`import json, math
with open('rehearsal.txt', 'w') as file:
    file.write(json.dumps({'a': [math.sqrt(2), 'b']}))
[line for line in open('rehearsal.txt')]\`,
  \`def fail(number):
    return number / 0
fail(1)\`
];
var REHEARSAL_LIMITS = {
  wallMs: 6e4,
  memoryBytes: 2 ** 32,
  outputBytes: 2 ** 16,
  outputHardBytes: 2 ** 16,
  displayBytes: 2 ** 16,
  toolCalls: 0
};
var TICK = "tick()";
function runProgram(host) {
  try {
    return host.run(TICK) ? void 0 : { reason: "crashed", detail: "the runtime of the interpreter failed" };
  } catch (error) {
    if (error instanceof ParentGone) throw error;
    return whatEnded(error, host.isOutOfMemory);
  }
}
function whatEnded(error, isOutOfMemory) {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof SandboxViolation) return { reason: "violation", detail };
  if (error instanceof GuestExit || error instanceof ChannelBroken) return { reason: "crashed", detail };
  if (isOutOfMemory) return { reason: "memory", detail: "the interpreter ran out of memory" };
  if (error instanceof GuestAbort) return { reason: "crashed", detail };
  if (error instanceof RangeError) return { reason: "crashed", detail: "the stack of the interpreter ran over" };
  return { reason: "crashed", detail: \`the interpreter stopped at a fault: \${detail}\` };
}

// src/guest/node-system.ts
import { createHash, randomFillSync } from "node:crypto";
function nodeSystem(cpuMs, wait2) {
  return {
    now: () => performance.now(),
    date: () => Date.now(),
    cpuMs,
    wait: wait2,
    randomFill(target) {
      randomFillSync(target);
    },
    sha256() {
      const hash = createHash("sha256");
      return {
        update(bytes) {
          hash.update(bytes);
        },
        hex: () => hash.digest("hex")
      };
    }
  };
}

// src/guest/pipe-port.ts
import { fstatSync as fstatSync2, readSync as readSync2, writeSync } from "node:fs";
var DESCRIPTORS = { requests: 3, messages: 4, control: 5, image: 6, watch: 7 };
var CONTROL_BYTES = 8;
function openPipePort() {
  const hasControl = fstatSync2(DESCRIPTORS.control).isFile();
  const control = new DataView(new ArrayBuffer(CONTROL_BYTES));
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  const piece = new Uint8Array(PIECE_BYTES2);
  let buffered = piece.subarray(0, 0);
  let nonce;
  let received = 0;
  let lastWake = 0;
  function wait2(ms) {
    Atomics.wait(sleeper, 0, 0, ms);
  }
  function look() {
    if (hasControl) readSync2(DESCRIPTORS.control, control, 0, CONTROL_BYTES, 0);
  }
  function readSome(target) {
    for (; ; ) {
      try {
        const count = readSync2(DESCRIPTORS.requests, target, 0, target.length, null);
        if (count > 0) return count;
      } catch (error) {
        if (!isBusy(error)) throw new ParentGone("the pipe of requests broke", { cause: error });
        wait2(1);
        continue;
      }
      throw new ParentGone("the pipe of requests was closed");
    }
  }
  function read2(size) {
    const whole = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      if (buffered.length === 0 && size - filled < PIECE_BYTES2) buffered = piece.subarray(0, readSome(piece));
      if (buffered.length === 0) {
        filled += readSome(whole.subarray(filled));
        continue;
      }
      const part = buffered.subarray(0, size - filled);
      whole.set(part, filled);
      filled += part.length;
      buffered = buffered.subarray(part.length);
    }
    return whole;
  }
  function receiveAny() {
    const prefix = decodePrefix(read2(PREFIX_BYTES));
    nonce ??= prefix.nonce;
    const header = decodeHeader(read2(prefix.headerBytes));
    received = received + 1 | 0;
    return { header, content: read2(prefix.contentBytes) };
  }
  function write2(bytes) {
    for (let position = 0; position < bytes.length; ) {
      try {
        position += writeSync(DESCRIPTORS.messages, bytes, position, bytes.length - position);
      } catch (error) {
        if (!isBusy(error)) throw new ParentGone("the pipe of messages broke", { cause: error });
        wait2(1);
      }
    }
  }
  function send(message, content = EMPTY) {
    write2(encodeFrame(nonce ?? EMPTY, message, content.length));
    if (content.length > 0) write2(content);
  }
  function hasFrame() {
    if (buffered.length > 0) return true;
    look();
    return hasControl && (control.getUint32(4, true) - received | 0) > 0;
  }
  function take() {
    while (hasFrame()) {
      const frame = receiveAny();
      if (typeOf(frame) !== "woken") return frame;
    }
    return void 0;
  }
  const port2 = {
    receive() {
      for (; ; ) {
        const frame = receiveAny();
        if (typeOf(frame) !== "woken") return frame;
      }
    },
    receiveWithin(ms) {
      const taken = take();
      if (taken !== void 0 || ms <= 0) return taken;
      lastWake += 1;
      send({ type: "wake", id: lastWake, ms: Math.ceil(ms) });
      for (; ; ) {
        const frame = receiveAny();
        if (typeOf(frame) !== "woken") return frame;
        if (frame.header["id"] === lastWake) return void 0;
      }
    },
    send,
    stopNumber() {
      look();
      return control.getUint32(0, true);
    }
  };
  return { port: port2, wait: wait2 };
}
function typeOf({ header }) {
  return header["type"];
}
function isBusy(error) {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
var EMPTY = new Uint8Array();
var PIECE_BYTES2 = 2 ** 16;

// src/guest/watchdog.ts
var WATCHDOG = \`
const { readSync } = process.getBuiltinModule('node:fs')
try {
  while (readSync(\${DESCRIPTORS.watch}, new Uint8Array(1)) > 0);
} catch {}
process.kill(process.pid, 'SIGKILL')
\`;

// src/guest/process-entry.ts
var { port, wait } = openPipePort();
var system = nodeSystem(() => {
  const { user, system: system2 } = process.cpuUsage();
  return (user + system2) / 1e3;
}, wait);
try {
  const start = port.receive().header;
  if (start.watch === "thread") new Worker(WATCHDOG, { eval: true, stdin: false, env: {} });
  runGuest({ port, system, wishes: start, openInterpreter: (options, prepare) => openInterpreter(start, options, prepare) });
} catch (error) {
  if (!(error instanceof ParentGone)) throw error;
}
process.exit();
`

/** What a thread runs. */
export const THREAD_GUEST: string = `"use strict";

// src/guest/thread-entry.ts
var import_node_worker_threads2 = require("node:worker_threads");

// src/host/errno.ts
var ERRNO = {
  EACCES: 2,
  EAFNOSUPPORT: 5,
  EAGAIN: 6,
  EBADF: 8,
  EBUSY: 10,
  EEXIST: 20,
  EFAULT: 21,
  EFBIG: 22,
  EINTR: 27,
  EINVAL: 28,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  ENAMETOOLONG: 37,
  ENODEV: 43,
  ENOENT: 44,
  ENOMEM: 48,
  ENOSPC: 51,
  ENOSYS: 52,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  ENOTSOCK: 57,
  ENOTTY: 59,
  ENXIO: 60,
  EOVERFLOW: 61,
  EPERM: 63,
  EPIPE: 64,
  ERANGE: 68,
  EROFS: 69,
  ESPIPE: 70,
  EOPNOTSUPP: 138
};
var CallError = class extends Error {
  name = "CallError";
  code;
  constructor(code) {
    super(code);
    this.code = code;
  }
  get errno() {
    return ERRNO[this.code];
  }
};

// src/host/file-system/byte-text.ts
function byteText(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
function bytesOf(text) {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
function toByteText(text) {
  return byteText(encoder.encode(text));
}
function fromByteText(text) {
  try {
    return decoder.decode(bytesOf(text));
  } catch {
    return void 0;
  }
}
var encoder = new TextEncoder();
var decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// src/host/file-system/content.ts
var StoredContent = class {
  isReadOnly = false;
  #size = 0;
  #pieces = [];
  #quota;
  constructor(quota) {
    this.#quota = quota;
  }
  get size() {
    return this.#size;
  }
  read(target, position) {
    const length = Math.max(0, Math.min(target.length, this.#size - position));
    for (const part of partsOf(position, length)) {
      const piece = this.#pieces[part.piece];
      const stored2 = piece?.subarray(part.start, part.end);
      if (stored2 !== void 0) target.set(stored2, part.done);
      target.fill(0, part.done + (stored2?.length ?? 0), part.done + part.end - part.start);
    }
    return length;
  }
  write(bytes, position) {
    if (bytes.length === 0) return;
    const end = position + bytes.length;
    if (end > this.#size) this.#grow(end);
    for (const part of partsOf(position, bytes.length)) {
      this.#pieceFor(part.piece, part.end).set(bytes.subarray(part.done, part.done + part.end - part.start), part.start);
    }
  }
  resize(size) {
    if (size > this.#size) this.#grow(size);
    else this.#shrink(size);
  }
  #grow(size) {
    if (size > this.#quota.maxBytes) throw new CallError("EFBIG");
    this.#quota.takeBytes(size - this.#size);
    this.#size = size;
  }
  #shrink(size) {
    this.#quota.takeBytes(size - this.#size);
    this.#size = size;
    this.#pieces.length = Math.min(this.#pieces.length, Math.ceil(size / PIECE_BYTES));
    this.#pieces[Math.floor(size / PIECE_BYTES)]?.fill(0, size % PIECE_BYTES);
  }
  #pieceFor(index, bytes) {
    const piece = this.#pieces[index];
    if (piece !== void 0 && piece.length >= bytes) return piece;
    const larger = new Uint8Array(roomFor(bytes));
    if (piece !== void 0) larger.set(piece);
    this.#pieces[index] = larger;
    return larger;
  }
};
var ForeignContent = class {
  isReadOnly = true;
  #source;
  constructor(source) {
    this.#source = source;
  }
  get size() {
    return this.#source.size;
  }
  read(target, position) {
    const length = Math.max(0, Math.min(target.length, this.size - position));
    if (length > 0) this.#source.read(target.subarray(0, length), position);
    return length;
  }
  write() {
    throw new CallError("EROFS");
  }
  resize() {
    throw new CallError("EROFS");
  }
};
function* partsOf(position, length) {
  let done = 0;
  while (done < length) {
    const piece = Math.floor((position + done) / PIECE_BYTES);
    const start2 = (position + done) % PIECE_BYTES;
    const end = Math.min(PIECE_BYTES, start2 + length - done);
    yield { piece, start: start2, end, done };
    done += end - start2;
  }
}
function roomFor(bytes) {
  let room = LEAST_BYTES;
  while (room < bytes) room *= 2;
  return room;
}
var PIECE_BYTES = 65536;
var LEAST_BYTES = 256;

// src/host/file-system/volume.ts
var Volume = class {
  root;
  workingFolder;
  /** Permission bits that new files do not get. */
  mask = 18;
  quota;
  #date;
  #lastNumber = 0;
  /** \`date\` gives milliseconds since 1970. */
  constructor(quota, date) {
    this.quota = quota;
    this.#date = date;
    this.root = this.newFolder(void 0, "", 493, "fixed");
    this.workingFolder = this.root;
  }
  /** Nanoseconds since 1970. */
  now() {
    return BigInt(Math.round(this.#date() * 1e3)) * 1000n;
  }
  newFolder(parent, name, permissions, owner) {
    const base = this.#newBase(permissions, owner);
    const folder = { ...base, kind: "folder", entries: /* @__PURE__ */ new Map(), parent, name };
    if (parent === void 0) folder.parent = folder;
    return folder;
  }
  newFile(permissions, owner, content = new StoredContent(this.quota)) {
    return { ...this.#newBase(permissions, owner), kind: "file", content, openings: 0, revision: 0 };
  }
  newLink(target, owner) {
    return { ...this.#newBase(511, owner), kind: "link", target };
  }
  newDevice(device, kind) {
    return { ...this.#newBase(438, "fixed"), kind, device };
  }
  newPipe() {
    return { ...this.#newBase(384, "fixed"), kind: "pipe", waiting: [], waitingBytes: 0, readers: 1, writers: 1 };
  }
  /** Gives a node a name in a folder, in place of what had it. */
  enter(folder, name, node) {
    folder.entries.set(name, node);
    if (node.kind === "folder") {
      node.parent = folder;
      node.name = name;
    }
    this.touchFolder(folder);
  }
  /** Takes the name away, and what it stood for where nothing else holds it. */
  removeEntry(folder, name, node) {
    folder.entries.delete(name);
    this.touchFolder(folder);
    this.drop(node);
  }
  /** No name leads to it any more. */
  drop(node) {
    node.isLinked = false;
    node.changedNs = this.now();
    this.release(node);
  }
  /** Gives back what a node took from the quotas, once it has no name and is not open. */
  release(node) {
    if (node.isLinked || node.kind === "file" && node.openings > 0) return;
    if (node.kind === "file" && !node.content.isReadOnly) node.content.resize(0);
    if (!node.isFixed) this.quota.giveFile();
  }
  touchFolder(folder) {
    folder.modifiedNs = folder.changedNs = this.now();
  }
  /** The bytes of a file were changed by the program. */
  touchFile(file) {
    file.revision += 1;
    file.modifiedNs = file.changedNs = this.now();
  }
  #newBase(permissions, owner) {
    const isFixed = owner === "fixed";
    if (!isFixed) this.quota.takeFile();
    this.#lastNumber += 1;
    const now = this.now();
    return { number: this.#lastNumber, permissions, isLinked: true, isFixed, accessedNs: now, modifiedNs: now, changedNs: now };
  }
};
function checkPermission(node, wanted) {
  if ((node.permissions & wanted) !== wanted) throw new CallError("EACCES");
}
var MAY_READ = 256;
var MAY_WRITE = 128;
var MAY_SEARCH = 64;

// src/host/file-system/walk.ts
function find(volume, path, start2, follow = "yes") {
  const place = walk(volume, path, start2, follow);
  const { node, isFolderWanted } = place;
  if (node === void 0) throw missing(place);
  if (isFolderWanted && node.kind !== "folder") throw new CallError("ENOTDIR");
  return node;
}
function walk(volume, path, start2, follow) {
  checkPath(path);
  let folder = path.startsWith("/") ? volume.root : start2;
  let isFolderWanted = path.endsWith("/");
  const names = namesOf(path).reverse();
  let links = 0;
  let place = { folder: folder.parent, name: "", node: folder };
  for (let name = names.pop(); name !== void 0; name = names.pop()) {
    const isLast = names.length === 0;
    checkPermission(folder, MAY_SEARCH);
    const node = lookUp(folder, name);
    if (isLast && isFolderWanted && follow === "file") throw new CallError("EISDIR");
    if (node?.kind === "link" && (!isLast || isFollowed(follow, isFolderWanted))) {
      links += 1;
      if (links > MOST_LINKS) throw new CallError("ELOOP");
      if (isLast && node.target.endsWith("/")) isFolderWanted = true;
      if (node.target.startsWith("/")) folder = volume.root;
      place = { folder: folder.parent, name: "", node: folder };
      names.push(...namesOf(node.target).reverse());
      continue;
    }
    place = { folder, name, node };
    if (isLast) break;
    if (node === void 0) throw missing(place);
    if (node.kind !== "folder") throw new CallError("ENOTDIR");
    folder = node;
  }
  return { ...place, isFolderWanted };
}
function missing({ folder, name }) {
  return new CallError(folder.isLinked && name.length > MOST_NAME_BYTES ? "ENAMETOOLONG" : "ENOENT");
}
function checkNewName({ folder, name }) {
  if (!folder.isLinked) throw new CallError("ENOENT");
  if (name.length > MOST_NAME_BYTES) throw new CallError("ENAMETOOLONG");
  checkPermission(folder, MAY_WRITE);
}
function checkPath(path) {
  if (path === "") throw new CallError("ENOENT");
  if (path.length >= MOST_PATH_BYTES) throw new CallError("ENAMETOOLONG");
}
function pathOf(volume, folder) {
  if (folder === volume.root) return "/";
  let path = "";
  for (let inner = folder; inner !== volume.root; inner = inner.parent) {
    path = \`/\${inner.name}\${path}\`;
    if (!inner.isLinked || path.length >= MOST_PATH_BYTES) return void 0;
  }
  return path;
}
function isFollowed(follow, isFolderWanted) {
  return follow === "yes" || follow === "file" || follow === "slash" && isFolderWanted;
}
function lookUp(folder, name) {
  if (name === ".") return folder;
  if (name === "..") return folder.parent;
  return folder.entries.get(name);
}
function namesOf(path) {
  return path.split("/").filter((name) => name !== "");
}
var MOST_PATH_BYTES = 4096;
var MOST_NAME_BYTES = 255;
var MOST_LINKS = 16;

// src/host/file-system/host-files.ts
function makeFolders(volume, path, owner) {
  const names = toByteText(path).split("/").filter((name) => name !== "");
  let folder = volume.root;
  for (const name of names) {
    const node = inside(volume, folder, name);
    if (node === void 0) {
      const inner = volume.newFolder(folder, name, 493, owner);
      volume.enter(folder, name, inner);
      folder = inner;
    } else if (node.kind === "folder") folder = node;
    else throw new CallError("ENOTDIR");
  }
  return folder;
}
function put(volume, path, node, folderOwner) {
  const { folder, name } = parentOf(volume, path, folderOwner);
  const old = folder.entries.get(name);
  if (old?.kind === "folder") throw new CallError("EISDIR");
  volume.enter(folder, name, node);
  if (old !== void 0) volume.drop(old);
  return prefixOf(volume, folder) + name;
}
function mountFile(volume, path, content) {
  put(volume, path, volume.newFile(292, "fixed", new ForeignContent(content)), "fixed");
}
function createFile(volume, onPlaced) {
  const content = new StoredContent(volume.quota);
  let isPlaced = false;
  return {
    write: (bytes) => content.write(bytes, content.size),
    place: (path) => {
      const file = volume.newFile(420, "program", isPlaced ? copyOf(volume, content) : content);
      try {
        onPlaced(put(volume, path, file, "program"), file);
      } catch (error) {
        volume.quota.giveFile();
        if (isPlaced) file.content.resize(0);
        throw error;
      }
      isPlaced = true;
    },
    discard: () => {
      if (!isPlaced) content.resize(0);
    }
  };
}
function regularFile(volume, path) {
  try {
    const text = toByteText(path);
    const { folder, name, node } = walk(volume, text, volume.root, "no");
    return node?.kind === "file" && prefixOf(volume, folder) + name === text ? node : void 0;
  } catch (error) {
    if (error instanceof CallError) return void 0;
    throw error;
  }
}
function removeRegularFile(volume, path) {
  if (regularFile(volume, path) === void 0) return void 0;
  const { folder, name, node } = walk(volume, toByteText(path), volume.root, "no");
  if (node?.kind !== "file" || node.isFixed) return void 0;
  volume.removeEntry(folder, name, node);
  return prefixOf(volume, folder) + name;
}
function listFiles(volume, folderPath) {
  const files = [];
  for (const { path, file } of filesBelow(folderAt(volume, folderPath).folder)) {
    const readable = fromByteText(path);
    if (readable !== void 0) files.push({ path: readable, size: file.content.size });
  }
  return files.sort(byPath);
}
function folderAt(volume, path) {
  const folder = find(volume, toByteText(path), volume.root);
  if (folder.kind !== "folder") throw new CallError("ENOTDIR");
  return { folder, prefix: prefixOf(volume, folder) };
}
function* filesBelow(top) {
  const waiting = [{ folder: top, prefix: "", depth: 0 }];
  for (let next = waiting.pop(); next !== void 0; next = waiting.pop()) {
    for (const [name, node] of next.folder.entries) {
      const path = next.prefix + name;
      if (node.kind === "folder" && next.depth < MOST_DEPTH) waiting.push({ folder: node, prefix: \`\${path}/\`, depth: next.depth + 1 });
      if (node.kind === "file") yield { path, file: node };
    }
  }
}
function byPath(one, other) {
  if (one.path === other.path) return 0;
  let start2 = 0;
  while (start2 < one.path.length && one.path[start2] === other.path[start2]) start2 += 1;
  const isInFolder = one.path.includes("/", start2);
  if (isInFolder !== other.path.includes("/", start2)) return isInFolder ? 1 : -1;
  if (one.path[start2] === "/" || other.path[start2] === "/") return one.path[start2] === "/" ? -1 : 1;
  return one.path < other.path ? -1 : 1;
}
function inside(volume, folder, name) {
  try {
    return find(volume, name, folder);
  } catch (error) {
    if (error instanceof CallError && error.code === "ENOENT") return void 0;
    throw error;
  }
}
function parentOf(volume, path, owner) {
  const slash = path.lastIndexOf("/");
  const name = toByteText(path.slice(slash + 1));
  if (!path.startsWith("/") || name === "" || name === "." || name === "..") throw new CallError("EINVAL");
  if (name.length > MOST_NAME_BYTES) throw new CallError("ENAMETOOLONG");
  return { folder: makeFolders(volume, path.slice(0, slash), owner), name };
}
function copyOf(volume, content) {
  const copy = new StoredContent(volume.quota);
  copy.resize(content.size);
  const piece = new Uint8Array(COPIED_BYTES);
  for (let position = 0; position < content.size; ) {
    const length = content.read(piece, position);
    copy.write(piece.subarray(0, length), position);
    position += length;
  }
  return copy;
}
function prefixOf(volume, folder) {
  const path = pathOf(volume, folder);
  if (path === void 0) throw new CallError("ENAMETOOLONG");
  return path === "/" ? path : \`\${path}/\`;
}
var MOST_DEPTH = 64;
var COPIED_BYTES = 65536;

// src/host/file-system/changes.ts
var Changes = class {
  #volume;
  /** By their paths from the root, without links. */
  #known = /* @__PURE__ */ new Map();
  constructor(volume) {
    this.#volume = volume;
  }
  /** What the host put at a path is no change. */
  know(path, { number, revision }) {
    this.#known.set(path, { number, revision });
  }
  /** What the host removed is none either. */
  forget(path) {
    this.#known.delete(path);
  }
  /** What became of the files below a folder since, what is gone last. Names that are no UTF-8 are passed over. */
  take(folderPath) {
    const { folder, prefix } = folderAt(this.#volume, folderPath);
    const found = [];
    const tell = (path, size, change) => {
      const readable = fromByteText(path.slice(prefix.length));
      if (readable !== void 0) found.push({ path: readable, size, change });
    };
    const gone = new Set([...this.#known.keys()].filter((path) => path.startsWith(prefix)));
    for (const { path: relative, file } of filesBelow(folder)) {
      if (file.isFixed) continue;
      const path = prefix + relative;
      const before = this.#known.get(path);
      if (before === void 0) tell(path, file.content.size, "created");
      else if (before.number !== file.number || before.revision !== file.revision) tell(path, file.content.size, "modified");
      gone.delete(path);
      this.know(path, file);
    }
    const present = found.splice(0).sort(byPath);
    for (const path of gone) {
      tell(path, 0, "deleted");
      this.forget(path);
    }
    return [...present, ...found.sort(byPath)];
  }
};

// src/host/file-system/descriptors.ts
var Descriptors = class {
  #slots = [];
  #max;
  #volume;
  constructor(volume, max) {
    this.#volume = volume;
    this.#max = max;
  }
  /** Throws \`EBADF\`. */
  get(descriptor) {
    return this.#slot(descriptor).description;
  }
  has(descriptor) {
    return this.#slots[descriptor] !== void 0;
  }
  /** Lays a new description on the lowest free descriptor. Throws \`EMFILE\`. */
  open(description, closesOnExec) {
    const descriptor = this.lowestFree(0);
    this.#lay(descriptor, { description, closesOnExec, isFixed: false });
    return descriptor;
  }
  /** Lays what the host wants there, which the program cannot take away where \`isFixed\`. */
  openAt(descriptor, description, isFixed) {
    if (this.#slots[descriptor] !== void 0) this.#clear(descriptor);
    this.#lay(descriptor, { description, closesOnExec: false, isFixed });
  }
  /** The lowest free descriptor from \`least\` on. Throws \`EMFILE\`. */
  lowestFree(least) {
    let descriptor = least;
    while (this.#slots[descriptor] !== void 0) descriptor += 1;
    if (descriptor >= this.#max) throw new CallError("EMFILE");
    return descriptor;
  }
  /** A second descriptor of the same description, the lowest free from \`least\` on. */
  duplicate(descriptor, least, closesOnExec) {
    const { description } = this.#slot(descriptor);
    if (!(least >= 0 && least < this.#max)) throw new CallError("EINVAL");
    const copy = this.lowestFree(least);
    this.#lay(copy, { description, closesOnExec, isFixed: false });
    return copy;
  }
  /**
   * A second descriptor of the same description, at a place that is closed before. Throws \`EPERM\` where the host holds it: not \`EBUSY\`, after
   * which this libc would try again without end.
   */
  duplicateTo(descriptor, target, closesOnExec) {
    const { description } = this.#slot(descriptor);
    if (!(target >= 0 && target < this.#max)) throw new CallError("EBADF");
    if (this.#slots[target]?.isFixed) throw new CallError("EPERM");
    description.references += 1;
    if (this.#slots[target] !== void 0) this.#clear(target);
    this.#slots[target] = { description, closesOnExec, isFixed: false };
  }
  /** Throws \`EPERM\` where the host holds it. */
  close(descriptor) {
    if (this.#slot(descriptor).isFixed) throw new CallError("EPERM");
    this.#clear(descriptor);
  }
  closesOnExec(descriptor) {
    return this.#slot(descriptor).closesOnExec;
  }
  setClosesOnExec(descriptor, closesOnExec) {
    this.#slot(descriptor).closesOnExec = closesOnExec;
  }
  /** Those that are open, from the lowest. */
  all() {
    return this.#slots.flatMap((slot, descriptor) => slot === void 0 ? [] : [descriptor]);
  }
  #slot(descriptor) {
    const slot = this.#slots[descriptor];
    if (slot === void 0) throw new CallError("EBADF");
    return slot;
  }
  #lay(descriptor, slot) {
    slot.description.references += 1;
    this.#slots[descriptor] = slot;
  }
  #clear(descriptor) {
    const { description } = this.#slot(descriptor);
    this.#slots[descriptor] = void 0;
    description.references -= 1;
    if (description.references > 0) return;
    const { node } = description;
    if (node.kind === "pipe") {
      if (description.canRead) node.readers -= 1;
      else node.writers -= 1;
    } else if (node.kind === "file") {
      node.openings -= 1;
      this.#volume.release(node);
    }
  }
};

// src/host/file-system/devices.ts
function addDevices(volume, randomFill) {
  const folder = makeFolders(volume, "/dev", "fixed");
  for (const [name, device] of Object.entries(devices(randomFill)))
    volume.enter(folder, toByteText(name), volume.newDevice(device, "device"));
}
function devices(randomFill) {
  const random = {
    read: (target) => {
      randomFill(target);
      return target.length;
    },
    write: ignore
  };
  const zero = {
    read: (target) => {
      target.fill(0);
      return target.length;
    },
    write: ignore
  };
  return { null: { read: () => 0, write: ignore }, zero, random, urandom: random };
}
function ignore() {
}

// src/host/file-system/open.ts
function open(volume, descriptors, path, start2, flags, permissions) {
  const access = flags & ACCESS_BITS;
  if (access === ACCESS_BITS || (flags & (CREATE | FOLDER)) === (CREATE | FOLDER)) throw new CallError("EINVAL");
  const creates = (flags & CREATE) !== 0;
  const isExclusive = creates && (flags & EXCLUSIVE) !== 0;
  const place = walk(volume, path, start2, followFor(creates, isExclusive || (flags & NO_FOLLOW) !== 0));
  if (creates && place.isFolderWanted) throw new CallError("EISDIR");
  descriptors.lowestFree(0);
  const node = place.node === void 0 ? create(volume, place, flags, permissions) : openable(volume, place, flags, isExclusive);
  const description = newDescription(node, access !== WRITE_ONLY, access !== 0, flags & STATUS_FLAGS);
  return descriptors.open(description, (flags & CLOSE_ON_EXEC) !== 0);
}
function newDescription(node, canRead, canWrite, statusFlags) {
  if (node.kind === "file") node.openings += 1;
  return { node, canRead, canWrite, statusFlags, position: 0, listing: void 0, references: 0 };
}
function followFor(creates, followsNone) {
  if (followsNone) return creates ? "no" : "slash";
  return creates ? "file" : "yes";
}
function create(volume, place, flags, permissions) {
  if ((flags & CREATE) === 0) throw missing(place);
  checkNewName(place);
  const file = volume.newFile(permissions & 4095 & ~volume.mask, "program");
  volume.enter(place.folder, place.name, file);
  return file;
}
function openable(volume, place, flags, isExclusive) {
  const { node, isFolderWanted } = place;
  if (isExclusive) throw new CallError("EEXIST");
  if (node === void 0 || node.kind === "pipe") throw new CallError("ENXIO");
  if (node.kind === "link") throw new CallError((flags & FOLDER) !== 0 ? "ENOTDIR" : "ELOOP");
  const access = flags & ACCESS_BITS;
  const cuts = (flags & TRUNCATE) !== 0;
  if (node.kind === "folder") {
    if (access !== 0 || (flags & CREATE) !== 0 || cuts) throw new CallError("EISDIR");
    checkPermission(node, MAY_READ);
    return node;
  }
  if ((flags & FOLDER) !== 0 || isFolderWanted) throw new CallError("ENOTDIR");
  if (node.kind === "file" && node.content.isReadOnly && (access !== 0 || cuts)) throw new CallError("EROFS");
  if (access !== WRITE_ONLY) checkPermission(node, MAY_READ);
  if (access !== 0 || cuts) checkPermission(node, MAY_WRITE);
  if (node.kind === "file" && cuts) {
    node.content.resize(0);
    volume.touchFile(node);
  }
  return node;
}
var ACCESS_BITS = 3;
var WRITE_ONLY = 1;
var CREATE = 64;
var EXCLUSIVE = 128;
var TRUNCATE = 512;
var APPEND = 1024;
var NON_BLOCKING = 2048;
var FOLDER = 65536;
var NO_FOLLOW = 131072;
var CLOSE_ON_EXEC = 524288;
var STATUS_FLAGS = APPEND | NON_BLOCKING;

// src/host/file-system/quota.ts
var DEFAULT_FILE_LIMITS = { maxBytes: 128 * 2 ** 20, maxFiles: 2e4, maxDescriptors: 256 };
var Quota = class {
  usedBytes = 0;
  usedFiles = 0;
  maxBytes;
  maxFiles;
  constructor(limits) {
    this.maxBytes = limits.maxBytes;
    this.maxFiles = limits.maxFiles;
  }
  /** Throws \`ENOSPC\`. Gives bytes back where \`bytes\` is negative. */
  takeBytes(bytes) {
    if (this.usedBytes + bytes > this.maxBytes) throw new CallError("ENOSPC");
    this.usedBytes += bytes;
  }
  /** Throws \`ENOSPC\`. */
  takeFile() {
    if (this.usedFiles >= this.maxFiles) throw new CallError("ENOSPC");
    this.usedFiles += 1;
  }
  giveFile() {
    this.usedFiles -= 1;
  }
};

// src/host/file-system/create-file-system.ts
function createFileSystem(options) {
  const limits = {
    maxBytes: options.maxBytes ?? DEFAULT_FILE_LIMITS.maxBytes,
    maxFiles: options.maxFiles ?? DEFAULT_FILE_LIMITS.maxFiles,
    maxDescriptors: options.maxDescriptors ?? DEFAULT_FILE_LIMITS.maxDescriptors
  };
  const quota = new Quota(limits);
  const volume = new Volume(quota, () => options.clock.date());
  const descriptors = new Descriptors(volume, limits.maxDescriptors);
  const changes = new Changes(volume);
  addDevices(volume, options.randomFill);
  return {
    guest: { volume, descriptors },
    setDevice: (descriptor, device) => {
      const description = newDescription(volume.newDevice(device, "stream"), device.read !== void 0, device.write !== void 0, 0);
      descriptors.openAt(descriptor, description, descriptor >= FIRST_FIXED_DESCRIPTOR);
    },
    mountFile: (path, content) => mountFile(volume, path, content),
    makeFolder: (path) => {
      makeFolders(volume, path, "fixed");
    },
    makeLink: (path, target) => {
      put(volume, path, volume.newLink(toByteText(target), "fixed"), "fixed");
    },
    setWorkingFolder: (path) => {
      volume.workingFolder = makeFolders(volume, path, "fixed");
    },
    createFile: () => createFile(volume, (path, file) => changes.know(path, file)),
    fileSize: (path) => regularFile(volume, path)?.content.size,
    readFile: (path, position, target) => {
      const file = regularFile(volume, path);
      if (file === void 0) throw new CallError("ENOENT");
      return file.content.read(target, position);
    },
    removeFile: (path) => {
      const removed = removeRegularFile(volume, path);
      if (removed !== void 0) changes.forget(removed);
    },
    listFiles: (folder) => listFiles(volume, folder),
    takeChanges: (folder) => changes.take(folder),
    openDescriptors: () => descriptors.all(),
    get usedBytes() {
      return quota.usedBytes;
    },
    get usedFiles() {
      return quota.usedFiles;
    }
  };
}
var FIRST_FIXED_DESCRIPTOR = 3;

// src/host/dynamic-linking/library-error.ts
var LibraryError = class extends Error {
  name = "LibraryError";
};

// src/host/dynamic-linking/dylink-section.ts
function readDylinkSection(library) {
  if (!PREAMBLE.every((byte, index) => library[index] === byte)) throw new LibraryError("it is no WebAssembly library");
  const module2 = new Reader(library.subarray(PREAMBLE.length));
  if (module2.byte() !== CUSTOM_SECTION) throw new LibraryError("it is no WebAssembly library");
  const section = module2.part();
  if (section.text() !== SECTION_NAME) throw new LibraryError("it is no WebAssembly library");
  const read2 = { memorySize: 0, memoryAlignment: 1, tableSize: 0, tableAlignment: 1 };
  const lists = { needed: [], weak: /* @__PURE__ */ new Set(), runtimePaths: [] };
  while (!section.isAtEnd) {
    const type = section.byte();
    const part = section.part();
    if (type === MEMORY_INFO) {
      read2.memorySize = part.number();
      read2.memoryAlignment = 2 ** part.number();
      read2.tableSize = part.number();
      read2.tableAlignment = 2 ** part.number();
    } else if (type === NEEDED) part.each(() => lists.needed.push(part.text()));
    else if (type === IMPORT_INFO) {
      part.each(() => {
        part.text();
        const name = part.text();
        if ((part.number() & BINDING) === WEAK) lists.weak.add(name);
      });
    } else if (type === RUNTIME_PATH) part.each(() => lists.runtimePaths.push(part.text()));
  }
  return { ...read2, ...lists };
}
var Reader = class _Reader {
  #bytes;
  #position = 0;
  constructor(bytes) {
    this.#bytes = bytes;
  }
  get isAtEnd() {
    return this.#position >= this.#bytes.length;
  }
  byte() {
    const byte = this.#bytes[this.#position];
    if (byte === void 0) throw new LibraryError("it is cut off");
    this.#position += 1;
    return byte;
  }
  /** An unsigned LEB128 number. */
  number() {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new LibraryError("it has a number of more than 32 bits");
  }
  /** What follows its own length. */
  part() {
    return new _Reader(this.#take(this.number()));
  }
  text() {
    return new TextDecoder().decode(this.#take(this.number()));
  }
  /** Calls once for each member of a list that begins with their count. */
  each(read2) {
    for (let left = this.number(); left > 0; left -= 1) read2();
  }
  #take(length) {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new LibraryError("it is cut off");
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }
};
var PREAMBLE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
var CUSTOM_SECTION = 0;
var SECTION_NAME = "dylink.0";
var MEMORY_INFO = 1;
var NEEDED = 2;
var IMPORT_INFO = 4;
var RUNTIME_PATH = 5;
var BINDING = 3;
var WEAK = 1;

// src/host/dynamic-linking/function-table.ts
var FunctionTable = class {
  #table;
  #slots = /* @__PURE__ */ new Map();
  /** Notes what is in the table now: what the interpreter itself has put there. */
  constructor(table) {
    this.#table = table;
    this.note(0, table.length);
  }
  /** Room for the functions of a library, beginning at a multiple of \`alignment\`; where. */
  reserve(size, alignment) {
    if (size === 0) return 0;
    const present = this.#table.length;
    const start2 = Math.ceil(present / alignment) * alignment;
    this.#table.grow(start2 - present + size);
    return start2;
  }
  /** Notes what a library put into its slots. The first slot of a function is its address. */
  note(start2, size) {
    for (let slot = start2; slot < start2 + size; slot += 1) {
      const found = this.#table.get(slot);
      if (found !== null && slot !== 0 && !this.#slots.has(found)) this.#slots.set(found, slot);
    }
  }
  /** The address of a function, which gets a slot where it has none. */
  addressOf(target) {
    const known = this.#slots.get(target);
    if (known !== void 0) return known;
    const slot = this.#table.grow(1);
    this.#table.set(slot, target);
    this.#slots.set(target, slot);
    return slot;
  }
};

// src/host/faults.ts
var SandboxViolation = class extends Error {
  name = "SandboxViolation";
  /** Name of the import. */
  import;
  constructor(importName) {
    super(\`the program called \${importName}, which is not allowed\`);
    this.import = importName;
  }
};
var GuestExit = class extends Error {
  name = "GuestExit";
  code;
  constructor(code) {
    super(\`the interpreter ended itself with code \${code}\`);
    this.code = code;
  }
};
var GuestAbort = class extends Error {
  name = "GuestAbort";
};

// src/host/import-lock.ts
var IMPORTED = new Map(
  Object.entries(namesByType()).flatMap(
    ([type, lines]) => lines.flatMap((line) => line.split(" ")).map((name) => [name, type])
  )
);
function checkImports(module2) {
  const unknown = [];
  const missing2 = new Set(IMPORTED.keys());
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module2)) {
    const isKnown = kind === "function" ? IMPORTED.has(name) && FUNCTION_MODULES.has(from) : kind === "global" && from === "GOT.func" && ADDRESS.test(name);
    if (!isKnown) unknown.push(\`\${from}.\${name} (\${kind})\`);
    if (kind === "function") missing2.delete(name);
  }
  if (unknown.length > 0) throw new TypeError(\`the interpreter imports what this version does not know: \${unknown.join(", ")}\`);
  if (missing2.size > 0) throw new TypeError(\`the interpreter does not import \${[...missing2].join(", ")}: it is not the pinned build\`);
}
var FUNCTION_MODULES = /* @__PURE__ */ new Set(["env", "wasi_snapshot_preview1"]);
var ADDRESS = /^emscripten_(gl[A-Z]|console_|out$|err$)/;
function namesByType() {
  return {
    ":": [
      "JsvPromise_Syncify_handleError _abort_js _emscripten_runtime_keepalive_clear capture_stderr emscripten_debugger",
      "emscripten_runtime_keepalive_pop emscripten_runtime_keepalive_push fail_test pyodide_js_init throw_no_gil"
    ],
    ":d": ["emscripten_date_now emscripten_get_now"],
    ":e": [
      "JsvArray_New JsvLiteralMap_New JsvMap_New JsvObject_New JsvSet_New Jsv_GetError_import __hiwire_deduplicate_new",
      "get_suspender my_dict_converter restore_stderr saveState"
    ],
    ":i": [
      "_Py_CheckEmscriptenSignals_Helper _Py_emscripten_runtime __syscall_getuid32_js can_run_sync_js emscripten_get_heap_max",
      "emscripten_promise_create emscripten_set_up_async_input_device_js jslib_init_buffers_js jslib_init_js"
    ],
    "d:e": ["JsvNum_fromDouble"],
    "e:": ["JsvError_Throw destroy_jsarray_entries gc_register_proxies raw_call_js restoreState set_pyodide_module set_suspender"],
    "e:e": [
      "JsArray_reversed_iterator JsMap_GetIter_js JsModule_GetAll_js JsObjMap_GetIter_js JsProxy_Dir_js JsProxy_GetAsyncIter_js",
      "JsProxy_GetIter_js JsProxy_aexit_js JsProxy_to_weakref_js JsvArray_ShallowCopy JsvObject_Entries JsvObject_Keys",
      "JsvObject_Values JsvObject_toString JsvPromise_Resolve Jsv_BigIntToNum Jsv_typeof get_async_js_call_done_callback"
    ],
    "e:i": [
      "JsArray_reverse_js JsDoubleProxy_unwrap_js JsMap_clear_js JsObjMap_length_js JsProxy_Bool_js JsProxy_exit_js JsvArray_Check",
      "JsvAsyncGenerator_Check JsvError_Check JsvFunction_Check JsvGenerator_Check JsvNoValue_Check JsvNum_toInt JsvPromise_Check",
      "Jsv_constructorName Jsv_to_bool destroy_proxies_js get_length_helper get_length_string is_comlink_proxy",
      "js2python_immutable_js js2python_js pyproxy_AsPyObject pyproxy_Check"
    ],
    "ee:": ["JsvArray_Extend __hiwire_deduplicate_delete _python2js_handle_postprocess_list"],
    "ee:e": [
      "JsObjMap_subscript_js JsProxy_subscript_js JsvFunction_Call_OneArg JsvFunction_Construct JsvObject_CallMethod_NoArgs",
      "_JsArray_PostProcess_helper syncifyHandler wrap_async_generator wrap_generator"
    ],
    "ee:i": [
      "JsArray_count_js JsObjMap_contains_js JsvArray_Push JsvSet_Add Jsv_equal Jsv_greater_than Jsv_greater_than_equal",
      "Jsv_less_than Jsv_less_than_equal Jsv_not_equal __hiwire_deduplicate_get"
    ],
    "eee:e": ["JsvFunction_CallBound JsvObject_CallMethod JsvObject_CallMethod_OneArg"],
    "eee:i": ["JsObjMap_ass_subscript_js JsvMap_Set JsvObject_SetAttr _JsArray_PushEntry_helper _JsObject_Set_js"],
    "eeee:e": ["JsvObject_CallMethod_TwoArgs"],
    "eeei:": ["_python2js_addto_postprocess_list"],
    "eei:": ["__hiwire_deduplicate_set"],
    "eeii:i": ["JsArray_index_js"],
    "ei:": ["destroy_proxies destroy_proxy"],
    "ei:e": [
      "JsArray_repeat_js JsBuffer_DecodeString_js JsProxy_GetAttr_js JsvArray_Delete JsvArray_Get _python2js_cache_lookup",
      "proxy_cache_get python2js__default_converter_js python2js__eager_converter_js"
    ],
    "ei:i": [
      "JsArray_inplace_repeat_js JsProxy_DelAttr_js JsProxy_compute_typeflags JsvBuffer_assignFromPtr JsvBuffer_assignToPtr",
      "JsvBuffer_intoFile JsvBuffer_readFromFile JsvBuffer_writeToFile"
    ],
    "eie:": ["proxy_cache_set"],
    "eie:i": ["JsProxy_SetAttr_js JsvArray_Insert JsvArray_Set _python2js_add_to_cache js2python_convert"],
    "eii:e": ["handle_next_result_js"],
    "eiiii:": ["JsBuffer_get_info"],
    "eiiii:e": ["JsvArray_slice"],
    "eiiii:i": ["_agen_handle_result_js"],
    "eiiiiii:i": ["JsvArray_slice_assign"],
    "i:": ["emscripten_log_impl_js emscripten_promise_destroy exit ffi_closure_free_js proc_exit"],
    "i:e": ["JsvBigInt_fromInt JsvNum_fromInt JsvUTF8ToString pyproxy_new"],
    "i:i": [
      "__syscall_chdir __syscall_dup __syscall_fchdir __syscall_fdatasync __syscall_pipe __syscall_rmdir __syscall_umask_js",
      "_dlopen_js _emscripten_lookup_name _emscripten_system emscripten_resize_heap fd_close fd_sync getprotobyname"
    ],
    "i:j": ["_mktime_js _timegm_js"],
    "id:i": ["_setitimer_js"],
    "ie:e": ["_pyproxyGen_make_result"],
    "ieeee:e": ["python2js_custom__create_jscontext"],
    "iei:e": ["new_error"],
    "ii:": ["__call_sighandler _emscripten_get_progname _emscripten_log_formatted hiwire_invalid_ref_js"],
    "ii:e": ["JsvBigInt_fromDigits _python2js_ascii _python2js_ucs1 _python2js_ucs2 _python2js_ucs4 array_to_js create_once_callable"],
    "ii:i": [
      "__syscall_chmod __syscall_fchmod __syscall_fstat64 __syscall_getcwd __syscall_lstat64 __syscall_stat64 clock_res_get",
      "environ_get environ_sizes_get fd_fdstat_get ffi_closure_alloc_js random_get"
    ],
    "iiei:e": ["create_promise_handles"],
    "iii:": ["emscripten_promise_resolve"],
    "iii:e": ["JsException_new_helper _maybe_connect_async _maybe_poll_async _maybe_recvfrom_async _maybe_sendto_async"],
    "iii:i": [
      "__syscall_dup3 __syscall_fchown32 __syscall_fcntl64 __syscall_fstatfs64 __syscall_getdents64 __syscall_ioctl",
      "__syscall_mkdirat __syscall_poll __syscall_statfs64 __syscall_symlinkat __syscall_unlinkat _dlsym_js _try_shutdown",
      "emscripten_asm_const_int"
    ],
    "iiii:": ["__assert_fail _emscripten_dlopen_js _tzset_js ffi_call_js"],
    "iiii:i": [
      "_PyEM_TrampolineCall_JS __syscall_faccessat __syscall_fchmodat2 __syscall_mknodat __syscall_newfstatat __syscall_openat",
      "__syscall_readlinkat __syscall_renameat __syscall_utimensat _try_fcntl64 fd_read fd_write getaddrinfo"
    ],
    "iiiii:e": ["pyproxy_new_ex"],
    "iiiii:i": ["__syscall_fchownat ffi_prep_closure_loc_js"],
    "iiiiii:i": [
      "__syscall_accept4 __syscall_bind __syscall_connect __syscall_getpeername __syscall_getsockname __syscall_getsockopt",
      "__syscall_listen __syscall_recvfrom __syscall_recvmsg __syscall_sendmsg __syscall_sendto __syscall_socket"
    ],
    "iiiiiieeiiii:e": ["_pyproxy_get_buffer_result"],
    "iiiiiii:e": ["_python2js_buffer_inner"],
    "iiiiiii:i": ["getnameinfo"],
    "iiiiij:i": ["_msync_js _munmap_js"],
    "iiiijii:i": ["_mmap_js"],
    "iiiji:i": ["fd_pread fd_pwrite"],
    "iijj:i": ["__syscall_fallocate"],
    "ij:i": ["__syscall_ftruncate64 __syscall_truncate64"],
    "iji:i": ["clock_time_get"],
    "ijii:i": ["fd_seek"],
    "ijji:i": ["__syscall_fadvise64"],
    "ji:": ["_gmtime_js _localtime_js"]
  };
}

// src/host/dynamic-linking/library-imports.ts
function importsOfLibrary(module2, sources) {
  refuseJavaScript(module2);
  const table = {};
  const addresses = [];
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module2)) {
    const names = table[from] ?? {};
    table[from] = names;
    if (ADDRESS_MODULES.has(from) && kind === "global") {
      const global = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
      names[name] = global;
      addresses.push({ name, global });
    } else if (FUNCTION_MODULES2.has(from)) names[name] = importNamed(name, kind, sources);
    else throw new LibraryError(\`it imports from \${from}, where no library finds anything\`);
  }
  return { table, addresses };
}
function refuseJavaScript(module2) {
  const brought = WebAssembly.Module.exports(module2).find(({ name }) => /^__em_js__|^__start_em_asm$/.test(name));
  if (brought !== void 0) throw new LibraryError(\`it brings JavaScript (\${brought.name}), which is never run here\`);
}
function importNamed(name, kind, sources) {
  const own = OWN[name]?.(sources);
  if (own !== void 0) return own;
  const found = kind === "function" ? sources.find(name)?.value : sources.exports[name];
  if (found !== void 0 && kind === "function" === (typeof found === "function")) return found;
  if (kind !== "function") throw new LibraryError(\`it imports \${name} (\${kind}), which the interpreter does not have\`);
  const given = sources.hostFunctions.get(name);
  if (given !== void 0) return given;
  if (IMPORTED.has(name)) throw new LibraryError(\`it calls \${name}, a function of JavaScript that programs may not have\`);
  return foundWhenCalled(name, sources);
}
var OWN = {
  memory: ({ memory }) => memory,
  __indirect_function_table: ({ table }) => table,
  __memory_base: ({ library }) => new WebAssembly.Global({ value: "i32" }, library().memoryBase),
  __table_base: ({ library }) => new WebAssembly.Global({ value: "i32" }, library().tableBase)
};
function foundWhenCalled(name, { find: find2, library }) {
  let target;
  return (...values) => {
    target ??= find2(name)?.value;
    if (typeof target !== "function") throw new GuestAbort(\`\${library().path} calls \${name}, which is nowhere\`);
    return target(...values);
  };
}
var ADDRESS_MODULES = /* @__PURE__ */ new Set(["GOT.mem", "GOT.func"]);
var FUNCTION_MODULES2 = /* @__PURE__ */ new Set(["env", "wasi_snapshot_preview1"]);

// src/host/dynamic-linking/symbols.ts
var Symbols = class {
  #interpreter;
  #global = /* @__PURE__ */ new Map();
  constructor(interpreter) {
    this.#interpreter = interpreter;
  }
  /** In this order: the interpreter, libraries that were loaded for all (\`RTLD_GLOBAL\`), what the library depends on, the library itself. */
  find(name, library) {
    const own = this.#interpreter[name];
    if (own !== void 0) return { value: own, base: 0 };
    return this.#global.get(name) ?? inDependencies(name, library, /* @__PURE__ */ new Set()) ?? exportedBy(name, library);
  }
  /** Lets all libraries that come later see what this one exports. The first of a name stays. */
  share(library) {
    for (const name of Object.keys(library.exports)) {
      const found = exportedBy(name, library);
      if (found !== void 0 && !name.startsWith("__wasm_") && !this.#global.has(name)) this.#global.set(name, found);
    }
  }
};
function exportedBy(name, library) {
  const value = library.exports[name];
  return value === void 0 ? void 0 : { value, base: library.memoryBase };
}
function inDependencies(name, { dependencies }, seen) {
  for (const library of dependencies) {
    if (seen.has(library)) continue;
    seen.add(library);
    const found = exportedBy(name, library) ?? inDependencies(name, library, seen);
    if (found !== void 0) return found;
  }
  return void 0;
}

// src/host/dynamic-linking/linker.ts
function createLinker(options) {
  const { table } = options;
  const symbols = new Symbols(options.exports);
  const loaded = /* @__PURE__ */ new Map();
  const loading = /* @__PURE__ */ new Set();
  let known;
  function load(path, isGlobal) {
    const present = loaded.get(path);
    if (present !== void 0) {
      if (isGlobal) symbols.share(present);
      return present;
    }
    if (loading.has(path)) throw new LibraryError(\`\${path} needs itself\`);
    loading.add(path);
    try {
      const library = loadNew(path, isGlobal);
      loaded.set(path, library);
      return library;
    } finally {
      loading.delete(path);
    }
  }
  function loadNew(path, isGlobal) {
    const bytes = options.readFile(path);
    if (bytes === void 0) throw new LibraryError(\`there is no file \${path}\`);
    if (!options.isAllowed(bytes)) throw new LibraryError(\`\${path} belongs to no package that was checked: only those are loaded\`);
    const section = named(path, () => readDylinkSection(bytes));
    const dependencies = section.needed.map((name) => load(needed(name, path, section.runtimePaths), isGlobal));
    const module2 = named(path, () => compiled2(bytes));
    const functions = functionTable();
    const memoryBase = section.memorySize === 0 ? 0 : options.allocate(Math.max(section.memoryAlignment, LEAST_ALIGNMENT), section.memorySize);
    if (section.memorySize > 0 && memoryBase === 0) throw new LibraryError(\`there is no memory for \${path}\`);
    const place = { memoryBase, memorySize: section.memorySize, tableSize: section.tableSize };
    const empty = { path, dependencies, ...place, tableBase: functions.reserve(section.tableSize, section.tableAlignment) };
    let library = { ...empty, exports: {} };
    const imports = named(path, () => importsFor(module2, () => library));
    library = { ...empty, exports: named(path, () => instantiated(module2, imports.table)) };
    functions.note(library.tableBase, library.tableSize);
    resolve(imports, library, section.weak);
    if (isGlobal) symbols.share(library);
    start2(library);
    return library;
  }
  function functionTable() {
    known ??= new FunctionTable(table);
    return known;
  }
  function importsFor(module2, library) {
    return importsOfLibrary(module2, { ...options, library, find: (name) => symbols.find(name, library()) });
  }
  function resolve({ addresses }, library, weak) {
    for (const { name, global } of addresses) {
      const found = symbols.find(name, library);
      if (found !== void 0) global.value = addressIn(found.value, found.base);
      else if (!weak.has(name)) throw new LibraryError(\`\${library.path} needs \${name}, which is nowhere\`);
    }
  }
  function addressIn(value, base) {
    if (typeof value === "function") return functionTable().addressOf(value);
    if (value instanceof WebAssembly.Global) return Number(value.value) + base;
    throw new LibraryError("what has no address was asked for one");
  }
  function needed(name, path, runtimePaths) {
    const origin = path.slice(0, path.lastIndexOf("/"));
    const folders = [...runtimePaths.map((each) => each.replaceAll("$ORIGIN", origin)), origin, SHARED_FOLDER];
    const found = folders.map((folder) => \`\${folder}/\${name}\`).find((file) => loaded.has(file) || options.readFile(file) !== void 0);
    if (found === void 0) throw new LibraryError(\`\${path} needs the library \${name}, which is in none of \${folders.join(", ")}\`);
    return found;
  }
  return {
    load,
    addressOf(name, library) {
      const found = exportedBy(name, library);
      return found && addressIn(found.value, found.base);
    }
  };
  function start2({ exports: exports2 }) {
    for (const name of ["__wasm_apply_data_relocs", "__wasm_call_ctors"]) {
      const called = exports2[name];
      if (typeof called === "function") called();
    }
  }
  function compiled2(bytes) {
    try {
      return new WebAssembly.Module(bytes);
    } catch (cause) {
      throw new LibraryError("it is no WebAssembly that can be run", { cause });
    }
  }
  function instantiated(module2, imports) {
    try {
      return new WebAssembly.Instance(module2, imports).exports;
    } catch (cause) {
      if (!(cause instanceof WebAssembly.LinkError)) throw cause;
      throw new LibraryError(\`it was built for another interpreter (\${cause.message})\`, { cause });
    }
  }
  function named(path, work) {
    try {
      return work();
    } catch (error) {
      if (error instanceof LibraryError) throw new LibraryError(\`\${path} cannot be loaded: \${error.message}\`, { cause: error });
      throw error;
    }
  }
}
var LEAST_ALIGNMENT = 16;
var SHARED_FOLDER = "/usr/lib";

// src/host/dynamic-linking/guest-linker.ts
function guestLinker(context, all, imports) {
  const { exports: exports2, memory, options } = context;
  return createLinker({
    exports: all,
    memory: exports2.memory,
    table: exports2.__indirect_function_table,
    allocate(alignment, bytes) {
      const place = exports2.emscripten_builtin_memalign(alignment, bytes);
      if (place !== 0) memory.slice(place, bytes).fill(0);
      return place >>> 0;
    },
    hostFunctions: new Map(Object.entries(imports)),
    readFile: (path) => wholeFile(context, path),
    isAllowed: (library) => options.isLibraryAllowed?.(library) ?? false
  });
}
function wholeFile({ fileSystem }, path) {
  const { volume } = fileSystem.guest;
  try {
    const node = find(volume, toByteText(path), volume.workingFolder);
    if (node.kind !== "file") return void 0;
    const bytes = new Uint8Array(node.content.size);
    node.content.read(bytes, 0);
    return bytes;
  } catch (error) {
    if (error instanceof CallError) return void 0;
    throw error;
  }
}

// src/host/exports.ts
var KINDS = {
  memory: "memory",
  __indirect_function_table: "table",
  __wasm_call_ctors: "function",
  __main_argc_argv: "function",
  PyRun_SimpleString: "function",
  PyThreadState_GetUnchecked: "function",
  PyUnstable_ThreadState_SetStackProtection: "function",
  malloc: "function",
  free: "function",
  emscripten_builtin_memalign: "function",
  emscripten_stack_get_current: "function",
  _emscripten_stack_restore: "function",
  __dl_seterr: "function",
  _PyRuntime: "global",
  _PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: "global",
  Py_EMSCRIPTEN_SIGNAL_HANDLING: "global"
};
var EXPORT_NAMES = Object.keys(KINDS);
function exportsOf(module2, instance) {
  const given = new Map(WebAssembly.Module.exports(module2).map(({ name, kind }) => [name, kind]));
  const missing2 = Object.entries(KINDS).filter(([name, kind]) => given.get(name) !== kind);
  if (missing2.length > 0) throw new TypeError(\`the interpreter does not export \${missing2.map(([name]) => name).join(", ")}\`);
  return instance.exports;
}

// src/host/imports/import-context.ts
function newImportState() {
  return { checks: 0, pendingSignal: 0, closures: /* @__PURE__ */ new Set(), libraries: /* @__PURE__ */ new Map(), isOutOfMemory: false };
}
function systemCalls(imports) {
  return answering(imports, (error) => -error.errno);
}
function wasiCalls(imports) {
  return answering(imports, (error) => error.errno);
}
function pathAt({ memory }, pointer) {
  return byteText(memory.zeroTerminated(pointer, MOST_PATH_BYTES));
}
function folderFor({ fileSystem }, descriptor, path) {
  const { volume, descriptors } = fileSystem.guest;
  if (descriptor === AT_WORKING_FOLDER || path === "" || path.startsWith("/")) return volume.workingFolder;
  const { node } = descriptors.get(descriptor);
  if (node.kind !== "folder") throw new CallError("ENOTDIR");
  return node;
}
function descriptionOf({ fileSystem }, descriptor) {
  return fileSystem.guest.descriptors.get(descriptor);
}
function exactNumber(value) {
  if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) throw new CallError("EOVERFLOW");
  return Number(value);
}
function answering(imports, answer2) {
  const guarded = Object.entries(imports).map(([name, call]) => [
    name,
    (...values) => {
      try {
        return call(...values);
      } catch (error) {
        if (error instanceof CallError) return answer2(error);
        throw error;
      }
    }
  ]);
  return Object.fromEntries(guarded);
}
var AT_WORKING_FOLDER = -100;
var AT_NO_FOLLOW = 256;
var AT_REMOVE_FOLDER = 512;
var AT_EMPTY_PATH = 4096;

// src/host/imports/calendar.ts
function calendarImports(context) {
  const { memory } = context;
  const split = (seconds, target) => writeDate(context, target, new Date(Number(seconds) * 1e3));
  const join = (place) => joinDate(context, place);
  return {
    ...answering(
      {
        /** localtime_r(3): the members of a date. All of them are 0 for a date that cannot be told. */
        _localtime_js: split,
        /** gmtime_r(3): the same. */
        _gmtime_js: split,
        /** tzset(3): an offset, whether there is a summer time, and two names. */
        _tzset_js: (offset, hasSummer, name, summerName) => {
          memory.setInt32(offset, 0);
          memory.setInt32(hasSummer, 0);
          for (const target of [name, summerName]) memory.slice(target, UTC.length).set(UTC);
        }
      },
      () => void 0
    ),
    ...answering(
      {
        /** mktime(3): seconds since 1970, and the members of the date set right; -1 where the date cannot be. */
        _mktime_js: join,
        /** timegm(3): the same. */
        _timegm_js: join
      },
      () => -1n
    )
  };
}
function writeDate({ memory }, target, date) {
  memory.slice(target, DATE_BYTES).fill(0);
  if (Number.isNaN(date.getTime())) return;
  const members = [
    date.getUTCSeconds(),
    date.getUTCMinutes(),
    date.getUTCHours(),
    date.getUTCDate(),
    date.getUTCMonth(),
    date.getUTCFullYear() - FIRST_YEAR,
    date.getUTCDay(),
    dayOfYear(date)
  ];
  for (const [index, value] of members.entries()) memory.setInt32(target + index * 4, value);
}
function joinDate(context, place) {
  const { memory } = context;
  const member = (index) => memory.int32(place + index * 4);
  const date = /* @__PURE__ */ new Date(0);
  date.setUTCFullYear(member(5) + FIRST_YEAR, member(4), member(3));
  date.setUTCHours(member(2), member(1), member(0));
  if (Number.isNaN(date.getTime())) return -1n;
  writeDate(context, place, date);
  return BigInt(date.getTime() / 1e3);
}
function dayOfYear(date) {
  const first = /* @__PURE__ */ new Date(0);
  first.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - first.getTime()) / DAY_MS);
}
var UTC = new TextEncoder().encode("UTC\\0");
var FIRST_YEAR = 1900;
var DATE_BYTES = 40;
var DAY_MS = 864e5;

// src/host/imports/clocks.ts
function clockImports(context) {
  const { memory, options } = context;
  return {
    ...wasiCalls({
      /** clock_gettime(2): the date, or a clock that only goes forward, in nanoseconds. */
      clock_time_get: (clock, _precision, target) => {
        memory.setInt64(target, nanoseconds(timeOf(context, clock)));
        return 0;
      },
      /** clock_getres(2): a microsecond. */
      clock_res_get: (clock, target) => {
        timeOf(context, clock);
        memory.setInt64(target, RESOLUTION_NS);
        return 0;
      }
    }),
    /** Milliseconds of the clock that only goes forward. */
    emscripten_get_now: () => options.clock.now(),
    /** Milliseconds since 1970. */
    emscripten_date_now: () => options.clock.date(),
    /** setitimer(2): the signal never comes. */
    _setitimer_js: () => 0
  };
}
function timeOf({ options }, clock) {
  if (clock === DATE) return options.clock.date();
  if (clock > DATE && clock <= LAST_CLOCK) return options.clock.now();
  throw new CallError("EINVAL");
}
function nanoseconds(ms) {
  return BigInt(Math.round(ms * 1e3)) * 1000n;
}
var DATE = 0;
var LAST_CLOCK = 3;
var RESOLUTION_NS = 1000n;

// src/host/file-system/entries.ts
function makeFolder(volume, path, start2, permissions) {
  const place = walk(volume, path, start2, "no");
  checkNew(place);
  volume.enter(place.folder, place.name, volume.newFolder(place.folder, place.name, permissions & 1023 & ~volume.mask, "program"));
}
function makeLink(volume, target, path, start2) {
  checkPath(target);
  const place = walk(volume, path, start2, "no");
  if (place.node === void 0 && place.isFolderWanted) throw new CallError("ENOENT");
  checkNew(place);
  volume.enter(place.folder, place.name, volume.newLink(target, "program"));
}
function removeFile(volume, path, start2) {
  const { folder, name, node, isFolderWanted } = walk(volume, path, start2, "no");
  if (node === void 0) throw missing({ folder, name });
  if (isFolderWanted || !isName(name)) throw new CallError(node.kind === "folder" ? "EISDIR" : "ENOTDIR");
  checkRemovable(folder, node);
  if (node.kind === "folder") throw new CallError("EISDIR");
  volume.removeEntry(folder, name, node);
}
function removeFolder(volume, path, start2) {
  const { folder, name, node } = walk(volume, path, start2, "no");
  if (node === void 0) throw missing({ folder, name });
  if (name === ".") throw new CallError("EINVAL");
  if (name === "..") throw new CallError("ENOTEMPTY");
  checkRemovable(folder, node);
  if (node.kind !== "folder") throw new CallError("ENOTDIR");
  if (node.entries.size > 0) throw new CallError("ENOTEMPTY");
  volume.removeEntry(folder, name, node);
}
function rename(volume, from, fromStart, to, toStart) {
  const source = walk(volume, from, fromStart, "no");
  const target = walk(volume, to, toStart(), "no");
  if (!isName(source.name) || !isName(target.name)) throw new CallError("EBUSY");
  const { node } = source;
  if (node === void 0) throw missing(source);
  if (target.node === void 0 && missing(target).code !== "ENOENT") throw missing(target);
  if ((source.isFolderWanted || target.isFolderWanted) && node.kind !== "folder") throw new CallError("ENOTDIR");
  if (!target.folder.isLinked) throw new CallError("ENOENT");
  if (node.kind === "folder" && isInside(target.folder, node)) throw new CallError("EINVAL");
  if (target.node === node) return;
  if (target.node?.kind === "folder" && isInside(source.folder, target.node)) throw new CallError("ENOTEMPTY");
  checkRemovable(source.folder, node);
  checkPermission(target.folder, MAY_WRITE);
  if (target.node !== void 0) checkReplaceable(target.folder, target.node, node);
  if (node.kind === "folder" && source.folder !== target.folder) checkPermission(node, MAY_WRITE);
  if (target.node?.kind === "folder" && target.node.entries.size > 0) throw new CallError("ENOTEMPTY");
  source.folder.entries.delete(source.name);
  volume.touchFolder(source.folder);
  if (target.node !== void 0) volume.drop(target.node);
  volume.enter(target.folder, target.name, node);
  node.changedNs = volume.now();
}
function checkNew(place) {
  if (place.node !== void 0) throw new CallError("EEXIST");
  checkNewName(place);
}
function checkRemovable(folder, node) {
  checkPermission(folder, MAY_WRITE);
  if (node.isFixed) throw new CallError("EBUSY");
}
function checkReplaceable(folder, old, node) {
  checkRemovable(folder, old);
  if (old.kind === "folder" && node.kind !== "folder") throw new CallError("EISDIR");
  if (old.kind !== "folder" && node.kind === "folder") throw new CallError("ENOTDIR");
}
function isInside(folder, outer) {
  for (let inner = folder; ; inner = inner.parent) {
    if (inner === outer) return true;
    if (inner === inner.parent) return false;
  }
}
function isName(name) {
  return name !== "" && name !== "." && name !== "..";
}

// src/host/file-system/listing.ts
function listing(description) {
  const { node } = description;
  if (node.kind !== "folder") throw new CallError("ENOTDIR");
  if (!node.isLinked) throw new CallError("ENOENT");
  description.listing ??= entriesOf(node);
  return description.listing;
}
function isThere(folder, { name, node }) {
  return name === "." || name === ".." || folder.entries.get(name) === node;
}
function entriesOf(folder) {
  const entries = [
    { name: ".", node: folder },
    { name: "..", node: folder.parent }
  ];
  for (const [name, node] of folder.entries) entries.push({ name, node });
  return entries;
}

// src/host/file-system/nodes.ts
var TYPE_BITS = {
  pipe: 4096,
  stream: 4096,
  device: 8192,
  folder: 16384,
  file: 32768,
  link: 40960
};

// src/host/imports/folders.ts
function folderImports(context) {
  const { memory } = context;
  return systemCalls({
    /** getcwd(2). */
    __syscall_getcwd: (target, size) => {
      const { volume } = context.fileSystem.guest;
      const path = pathOf(volume, volume.workingFolder);
      if (path === void 0) throw new CallError("ENOENT");
      if (path.length + 1 > size >>> 0) throw new CallError("ERANGE");
      const bytes = memory.slice(target, path.length + 1);
      bytes.set(bytesOf(path));
      bytes[path.length] = 0;
      return bytes.length;
    },
    /** chdir(2). */
    __syscall_chdir: (path) => {
      const { volume } = context.fileSystem.guest;
      return enter(context, find(volume, pathAt(context, path), volume.workingFolder));
    },
    /** fchdir(2). */
    __syscall_fchdir: (descriptor) => enter(context, descriptionOf(context, descriptor).node),
    /** mkdirat(2). */
    __syscall_mkdirat: (folder, path, permissions) => {
      const text = pathAt(context, path);
      makeFolder(context.fileSystem.guest.volume, text, folderFor(context, folder, text), permissions);
      return 0;
    },
    /** rmdir(2). */
    __syscall_rmdir: (path) => {
      const text = pathAt(context, path);
      removeFolder(context.fileSystem.guest.volume, text, folderFor(context, AT_WORKING_FOLDER, text));
      return 0;
    },
    /** unlinkat(2): a file, or with a flag a folder. */
    __syscall_unlinkat: (folder, path, flags) => {
      if ((flags & ~AT_REMOVE_FOLDER) !== 0) throw new CallError("EINVAL");
      const text = pathAt(context, path);
      const remove = flags === 0 ? removeFile : removeFolder;
      remove(context.fileSystem.guest.volume, text, folderFor(context, folder, text));
      return 0;
    },
    /** renameat(2). */
    __syscall_renameat: (fromFolder, from, toFolder, to) => {
      const { volume } = context.fileSystem.guest;
      const source = pathAt(context, from);
      const target = pathAt(context, to);
      rename(volume, source, folderFor(context, fromFolder, source), target, () => folderFor(context, toFolder, target));
      return 0;
    },
    /** symlinkat(2). */
    __syscall_symlinkat: (target, folder, path) => {
      const text = pathAt(context, path);
      makeLink(context.fileSystem.guest.volume, pathAt(context, target), text, folderFor(context, folder, text));
      return 0;
    },
    /** readlinkat(2): as many bytes as there is room for, without a zero. */
    __syscall_readlinkat: (folder, path, target, size) => {
      const text = pathAt(context, path);
      const node = find(context.fileSystem.guest.volume, text, folderFor(context, folder, text), "slash");
      if (node.kind !== "link" || size <= 0) throw new CallError("EINVAL");
      const bytes = bytesOf(node.target).subarray(0, size);
      memory.slice(target, bytes.length).set(bytes);
      return bytes.length;
    },
    /** mknodat(2): devices and named pipes are not made here. */
    __syscall_mknodat: () => {
      throw new CallError("EPERM");
    },
    /** getdents64(2): entries one after another, as many as there is room for. */
    __syscall_getdents64: (descriptor, target, size) => writeEntries(context, descriptor, target, size)
  });
}
function enter({ fileSystem }, node) {
  if (node.kind !== "folder") throw new CallError("ENOTDIR");
  checkPermission(node, MAY_SEARCH);
  fileSystem.guest.volume.workingFolder = node;
  return 0;
}
function writeEntries(context, descriptor, target, size) {
  const description = descriptionOf(context, descriptor);
  const entries = listing(description);
  if (description.node.kind !== "folder") throw new CallError("ENOTDIR");
  const room = context.memory.slice(target, size).length;
  let written = 0;
  for (; ; ) {
    const entry = entries[description.position];
    if (entry === void 0) return written;
    if (isThere(description.node, entry)) {
      const length = entryLength(entry);
      if (written + length > room) break;
      writeEntry(context, target + written, entry, length, description.position + 1);
      written += length;
    }
    description.position += 1;
  }
  if (written === 0) throw new CallError("EINVAL");
  return written;
}
function writeEntry({ memory }, target, { name, node }, length, next) {
  const bytes = memory.slice(target, length);
  bytes.fill(0);
  bytes.set(bytesOf(name), ENTRY_NAME);
  memory.setInt64(target, BigInt(node.number));
  memory.setInt64(target + 8, BigInt(next));
  memory.setInt16(target + 16, length);
  memory.setUint8(target + 18, TYPE_BITS[node.kind] >> 12);
}
function entryLength({ name }) {
  return Math.ceil((ENTRY_NAME + name.length + 1) / 8) * 8;
}
var ENTRY_NAME = 19;

// src/host/memory-limit.ts
var PAGE_BYTES = 65536;
function limitMemoryInPlace(limited, maxBytes) {
  const pages = Math.floor(maxBytes / PAGE_BYTES);
  const { minimum, maximumStart, maximumEnd } = memorySection(limited);
  if (minimum > pages) throw new RangeError(\`the interpreter needs \${minimum * PAGE_BYTES} bytes of memory, the limit is \${maxBytes}\`);
  writePadded(limited, maximumStart, maximumEnd, pages);
}
function memorySection(binary) {
  let position = HEADER_BYTES;
  while (position < binary.length) {
    const id = binary[position];
    const size = readNumber(binary, position + 1);
    if (id !== MEMORY_SECTION) {
      position = size.end + size.value;
      continue;
    }
    const count = readNumber(binary, size.end);
    const flags = readNumber(binary, count.end);
    const minimum = readNumber(binary, flags.end);
    if ((flags.value & HAS_MAXIMUM) === 0) break;
    return { minimum: minimum.value, maximumStart: minimum.end, maximumEnd: readNumber(binary, minimum.end).end };
  }
  throw new RangeError("the module has no memory with a maximum");
}
function readNumber(binary, start2) {
  let value = 0;
  let end = start2;
  for (let scale = 1; ; scale *= 128) {
    const byte = binary[end] ?? 0;
    end += 1;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, end };
  }
}
function writePadded(binary, start2, end, value) {
  let rest = value;
  for (let position = start2; position < end; position += 1) {
    const isLast = position === end - 1;
    binary[position] = rest % 128 | (isLast ? 0 : 128);
    rest = Math.floor(rest / 128);
  }
  if (rest > 0) throw new RangeError(\`a memory of \${value} pages is more than the module can have\`);
}
var HEADER_BYTES = 8;
var MEMORY_SECTION = 5;
var HAS_MAXIMUM = 1;

// src/host/imports/heap.ts
function heapImports(context) {
  const maxBytes = Math.floor(context.options.maxMemoryBytes / PAGE_BYTES) * PAGE_BYTES;
  return {
    /** Bytes that the heap can ever have. */
    emscripten_get_heap_max: () => maxBytes,
    /** Makes the heap at least so large: 1, or 0 where it may not be, which becomes a \`MemoryError\`. */
    emscripten_resize_heap: (bytes) => {
      const { memory } = context.exports;
      const wanted = bytes >>> 0;
      const present = memory.buffer.byteLength;
      if (wanted <= present) return 1;
      if (wanted > maxBytes) return refused(context);
      const size = Math.min(maxBytes, Math.ceil(amount(wanted, present) / PAGE_BYTES) * PAGE_BYTES);
      try {
        memory.grow((size - present) / PAGE_BYTES);
        return 1;
      } catch {
        return refused(context);
      }
    }
  };
}
function amount(wanted, present) {
  return Math.max(wanted, Math.min(present * 1.2, wanted + 32 * 2 ** 20));
}
function refused({ state }) {
  state.isOutOfMemory = true;
  return 0;
}

// src/host/imports/libraries.ts
function libraryImports(context) {
  return {
    /** dlopen(3): 1 where the library of this handle is loaded now; 0 where it cannot be, and the reason is what \`dlerror\` gives. */
    _dlopen_js: (handle) => attempt(context, () => {
      const { memory, state } = context;
      const path = textAt(context, handle + DSO.name, MOST_PATH_BYTES);
      const library = context.linker.load(path, (memory.int32(handle + DSO.flags) & RTLD_GLOBAL) !== 0);
      state.libraries.set(handle >>> 0, library);
      describe(context, handle, library);
      return 1;
    }),
    /** dlsym(3): where a symbol of a loaded library is; 0 where there is none. */
    _dlsym_js: (handle, name) => attempt(context, () => {
      const library = context.state.libraries.get(handle >>> 0);
      const symbol = textAt(context, name, MOST_SYMBOL_BYTES);
      const address = library && context.linker.addressOf(symbol, library);
      if (address === void 0) throw new LibraryError(\`there is no symbol \${symbol}\`);
      return address;
    }),
    /**
     * Memory and a slot for a function that C could call. \`import ctypes\` wants one; nothing is ever in the slot, so that calling it is a
     * trap. A null pointer where there are too many.
     */
    ffi_closure_alloc_js: (bytes, codePlace) => {
      const { exports: exports2, memory, state } = context;
      const size = bytes >>> 0;
      if (state.closures.size >= MOST_CLOSURES || size < 4 || size > MOST_CLOSURE_BYTES || !isWritable(context, codePlace)) return 0;
      const pointer = exports2.malloc(size);
      if (pointer === 0) return 0;
      state.closures.add(pointer);
      const slot = exports2.__indirect_function_table.grow(1);
      memory.setInt32(codePlace, slot);
      memory.setInt32(pointer, slot);
      return pointer;
    },
    /** Gives the memory back, if it came from here; the slot stays empty. */
    ffi_closure_free_js: (pointer) => {
      if (context.state.closures.delete(pointer)) context.exports.free(pointer);
    },
    /** Says what the function would do: it is accepted, and never done. */
    ffi_prep_closure_loc_js: () => 0
  };
}
function attempt(context, work) {
  try {
    return work();
  } catch (error) {
    if (error instanceof LibraryError || error instanceof CallError) return fail(context, error.message);
    throw error;
  }
}
function textAt({ memory }, pointer, most) {
  const text = fromByteText(byteText(memory.zeroTerminated(pointer, most)));
  if (text === void 0) throw new LibraryError("the name is no UTF-8");
  return text;
}
function describe({ exports: exports2, memory }, handle, library) {
  const file = memory.int32(handle + DSO.file);
  memory.setInt32(handle + DSO.file, 0);
  memory.setInt32(handle + DSO.fileSize, 0);
  exports2.free(file);
  memory.setUint8(handle + DSO.hasMemory, 1);
  memory.setInt32(handle + DSO.memory, library.memoryBase);
  memory.setInt32(handle + DSO.memorySize, library.memorySize);
  memory.setInt32(handle + DSO.table, library.tableBase);
  memory.setInt32(handle + DSO.tableSize, library.tableSize);
}
function fail(context, message) {
  const { exports: exports2, memory } = context;
  const bytes = new TextEncoder().encode(\`\${message}\\0\`);
  const pointer = exports2.malloc(bytes.length);
  if (pointer === 0) return 0;
  memory.slice(pointer, bytes.length).set(bytes);
  exports2.__dl_seterr(pointer, 0);
  exports2.free(pointer);
  return 0;
}
function isWritable({ memory }, pointer) {
  try {
    memory.slice(pointer, 4);
    return true;
  } catch {
    return false;
  }
}
var DSO = {
  flags: 4,
  hasMemory: 8,
  memory: 12,
  memorySize: 16,
  table: 20,
  tableSize: 24,
  file: 28,
  fileSize: 32,
  name: 36
};
var RTLD_GLOBAL = 256;
var MOST_SYMBOL_BYTES = 65536;
var MOST_CLOSURES = 256;
var MOST_CLOSURE_BYTES = 4096;

// src/host/imports/mapping.ts
function mappingImports(context) {
  const { memory } = context;
  return systemCalls({
    /** mmap(2) of a file: tells in memory that libc has to free it, and where it is. */
    _mmap_js: (length, protection, flags, descriptor, offset, isAllocated, address) => {
      const description = descriptionOf(context, descriptor);
      const file = mappable(description, protection, flags);
      const position = exactNumber(offset);
      const size = length >>> 0;
      if (position < 0 || size === 0) throw new CallError("EINVAL");
      memory.slice(isAllocated, 4);
      memory.slice(address, 4);
      const place = context.exports.emscripten_builtin_memalign(PAGE, size);
      if (place === 0) throw new CallError("ENOMEM");
      const target = memory.slice(place, size);
      target.fill(0, file.content.read(target, position));
      memory.setInt32(isAllocated, 1);
      memory.setInt32(address, place);
      return 0;
    },
    /** munmap(2): libc frees the memory itself. */
    _munmap_js: (address, length, protection, flags, descriptor, offset) => {
      if ((protection & MAY_BE_WRITTEN) !== 0 && (flags & SHARED) !== 0) writeBack(context, address, length, descriptor, offset);
      return 0;
    },
    /** msync(2). */
    _msync_js: (address, length, protection, _flags, descriptor, offset) => {
      if ((protection & MAY_BE_WRITTEN) !== 0) writeBack(context, address, length, descriptor, offset);
      return 0;
    }
  });
}
function mappable({ node, canRead, canWrite }, protection, flags) {
  if (node.kind !== "file") throw new CallError("ENODEV");
  if (!canRead) throw new CallError("EACCES");
  if ((flags & SHARED) !== 0 && (protection & MAY_BE_WRITTEN) !== 0 && !canWrite) throw new CallError("EACCES");
  return node;
}
function writeBack(context, address, length, descriptor, offset) {
  const { node, canWrite } = descriptionOf(context, descriptor);
  const position = exactNumber(offset);
  if (node.kind !== "file" || !canWrite || position < 0) throw new CallError("EACCES");
  const bytes = context.memory.slice(address, length).subarray(0, Math.max(0, node.content.size - position));
  if (bytes.length === 0) return;
  node.content.write(bytes, position);
  context.fileSystem.guest.volume.touchFile(node);
}
var PAGE = 65536;
var MAY_BE_WRITTEN = 2;
var SHARED = 1;

// src/host/file-system/pipe.ts
function openPipe(volume, descriptors) {
  const pipe = volume.newPipe();
  const reading = descriptors.open(newDescription(pipe, true, false, 0), false);
  try {
    return [reading, descriptors.open(newDescription(pipe, false, true, 0), false)];
  } catch (error) {
    descriptors.close(reading);
    throw error;
  }
}
function readPipe(pipe, target) {
  let done = 0;
  while (done < target.length) {
    const [first] = pipe.waiting;
    if (first === void 0) break;
    const part = first.subarray(0, target.length - done);
    target.set(part, done);
    done += part.length;
    if (part.length === first.length) pipe.waiting.shift();
    else pipe.waiting[0] = first.subarray(part.length);
  }
  pipe.waitingBytes -= done;
  if (done === 0 && target.length > 0 && pipe.writers > 0) throw new CallError("EAGAIN");
  return done;
}
function writePipe(pipe, bytes) {
  if (pipe.readers === 0) throw new CallError("EPIPE");
  const room = PIPE_BYTES - pipe.waitingBytes;
  if (bytes.length > room && (bytes.length <= WHOLE_BYTES || room === 0)) throw new CallError("EAGAIN");
  const taken = bytes.slice(0, room);
  if (taken.length > 0) pipe.waiting.push(taken);
  pipe.waitingBytes += taken.length;
  return taken.length;
}
function hasRoom(pipe) {
  return PIPE_BYTES - pipe.waitingBytes >= WHOLE_BYTES;
}
var PIPE_BYTES = 65536;
var WHOLE_BYTES = 4096;

// src/host/imports/opening.ts
function openingImports(context) {
  const { memory } = context;
  return {
    ...systemCalls({
      /** open(2): the permissions of a new file stand where the variable arguments are. */
      __syscall_openat: (folder, path, flags, values) => {
        const { volume, descriptors } = context.fileSystem.guest;
        const text = pathAt(context, path);
        const permissions = values === 0 ? 0 : memory.uint32(values);
        return open(volume, descriptors, text, folderFor(context, folder, text), flags, permissions);
      },
      /** dup(2). */
      __syscall_dup: (descriptor) => context.fileSystem.guest.descriptors.duplicate(descriptor, 0, false),
      /** dup3(2). */
      __syscall_dup3: (descriptor, target, flags) => {
        if (descriptor === target || (flags & ~CLOSE_ON_EXEC) !== 0) throw new CallError("EINVAL");
        context.fileSystem.guest.descriptors.duplicateTo(descriptor, target, flags !== 0);
        return target;
      },
      /** pipe(2): two descriptors, at a place in memory. */
      __syscall_pipe: (pointer) => {
        const { volume, descriptors } = context.fileSystem.guest;
        memory.slice(pointer, 8);
        const [reading, writing] = openPipe(volume, descriptors);
        memory.setInt32(pointer, reading);
        memory.setInt32(pointer + 4, writing);
        return 0;
      },
      /** fcntl(2): doubling, flags of the descriptor and of what it leads to; locks are always had, as nobody else is there. */
      __syscall_fcntl64: (descriptor, command, values) => controlDescriptor(context, descriptor, command, values),
      /** ioctl(2): nothing is a terminal; only what sets flags of a descriptor is done. */
      __syscall_ioctl: (descriptor, request, values) => controlDevice(context, descriptor, request, values)
    }),
    ...wasiCalls({
      /** close(2). */
      fd_close: (descriptor) => {
        context.fileSystem.guest.descriptors.close(descriptor);
        return 0;
      },
      /** What a descriptor leads to, for libc's \`isatty\` and \`fdopen\`: its type, no flags and no rights. */
      fd_fdstat_get: (descriptor, pointer) => {
        const { node } = descriptionOf(context, descriptor);
        memory.slice(pointer, 24).fill(0);
        memory.setUint8(pointer, WASI_TYPES[node.kind]);
        return 0;
      }
    })
  };
}
function controlDescriptor(context, descriptor, command, values) {
  const { memory } = context;
  const { descriptors } = context.fileSystem.guest;
  const description = descriptors.get(descriptor);
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return descriptors.duplicate(descriptor, memory.int32(values), command === F_DUPFD_CLOEXEC);
    case F_GETFD:
      return descriptors.closesOnExec(descriptor) ? FD_CLOEXEC : 0;
    case F_SETFD:
      descriptors.setClosesOnExec(descriptor, (memory.int32(values) & FD_CLOEXEC) !== 0);
      return 0;
    case F_GETFL:
      return (description.canRead && description.canWrite ? 2 : description.canWrite ? 1 : 0) | description.statusFlags;
    case F_SETFL:
      description.statusFlags = memory.int32(values) & STATUS_FLAGS;
      return 0;
    case F_GETLK:
      memory.setInt16(memory.uint32(values), F_UNLCK);
      return 0;
    case F_SETLK:
    case F_SETLKW:
      return 0;
    default:
      throw new CallError("EINVAL");
  }
}
function controlDevice(context, descriptor, request, values) {
  const { memory } = context;
  const { descriptors } = context.fileSystem.guest;
  const description = descriptors.get(descriptor);
  switch (request) {
    case FIOCLEX:
    case FIONCLEX:
      descriptors.setClosesOnExec(descriptor, request === FIOCLEX);
      return 0;
    case FIONBIO:
      description.statusFlags = description.statusFlags & ~NON_BLOCKING | (memory.int32(memory.uint32(values)) === 0 ? 0 : NON_BLOCKING);
      return 0;
    default:
      throw new CallError("ENOTTY");
  }
}
var WASI_TYPES = { folder: 3, file: 4, device: 0, stream: 0, pipe: 0 };
var F_DUPFD = 0;
var F_GETFD = 1;
var F_SETFD = 2;
var F_GETFL = 3;
var F_SETFL = 4;
var F_GETLK = 12;
var F_SETLK = 13;
var F_SETLKW = 14;
var F_DUPFD_CLOEXEC = 1030;
var FD_CLOEXEC = 1;
var F_UNLCK = 2;
var FIONCLEX = 21584;
var FIOCLEX = 21585;
var FIONBIO = 21537;

// src/host/imports/poll.ts
function pollImports(context) {
  return systemCalls({
    /** poll(2): ended by a signal that is due (\`EINTR\`), which is looked for every 20 ms. This is how the interpreter sleeps. */
    __syscall_poll: (pointer, count, timeout) => {
      const places = pollPlaces(context, pointer, count);
      const { clock } = context.options;
      const end = timeout < 0 ? Number.POSITIVE_INFINITY : clock.now() + timeout;
      for (; ; ) {
        const ready = answer(context, places);
        const left = end - clock.now();
        if (ready > 0 || timeout === 0 || left <= 0) return ready;
        const signal = context.options.dueSignal();
        if (signal !== 0) {
          context.state.pendingSignal = signal;
          throw new CallError("EINTR");
        }
        waitFor(context, places, left);
      }
    }
  });
}
function pollPlaces({ memory }, pointer, count) {
  const wanted = count >>> 0;
  if (wanted > MOST_PLACES) throw new CallError("EINVAL");
  if (wanted === 0) return [];
  const start2 = memory.slice(pointer, wanted * PLACE_BYTES).byteOffset;
  return Array.from({ length: wanted }, (_, index) => {
    const place = start2 + index * PLACE_BYTES;
    return { place, descriptor: memory.int32(place), events: memory.int16(place + 4) };
  });
}
function answer({ memory, fileSystem }, places) {
  const { descriptors } = fileSystem.guest;
  let ready = 0;
  for (const { place, descriptor, events } of places) {
    let found = 0;
    if (descriptor >= 0) {
      found = descriptors.has(descriptor) ? readiness(descriptors.get(descriptor)) & (events | ERROR | HUNG_UP) : NOT_OPEN;
    }
    memory.setInt16(place + 6, found);
    if (found !== 0) ready += 1;
  }
  return ready;
}
function readiness({ node, canRead }) {
  if (node.kind === "pipe") {
    if (!canRead) return node.readers === 0 ? WRITABLE | ERROR : hasRoom(node) ? WRITABLE : 0;
    return (node.waitingBytes > 0 ? READABLE : 0) | (node.writers === 0 ? HUNG_UP : 0);
  }
  if (node.kind !== "device" && node.kind !== "stream") return READABLE | WRITABLE;
  const isReadable = node.device.waitReadable?.(0) ?? true;
  return (isReadable ? READABLE : 0) | WRITABLE;
}
function waitFor({ fileSystem, options }, places, ms) {
  const { descriptors } = fileSystem.guest;
  for (const { descriptor, events } of places) {
    if ((events & READABLE) === 0 || !descriptors.has(descriptor)) continue;
    const { node } = descriptors.get(descriptor);
    if (node.kind !== "stream" || node.device.waitReadable === void 0) continue;
    node.device.waitReadable(ms);
    return;
  }
  options.wait(Math.min(ms, SLICE_MS));
}
var PLACE_BYTES = 8;
var MOST_PLACES = 1024;
var SLICE_MS = 20;
var READABLE = 1;
var WRITABLE = 4;
var ERROR = 8;
var HUNG_UP = 16;
var NOT_OPEN = 32;

// src/host/imports/process.ts
function processImports(context) {
  return {
    /** exit(3): ends the run with a \`GuestExit\`. */
    exit: leave,
    /** _exit(2): the same. */
    proc_exit: leave,
    /** abort(3): ends the run with a \`GuestAbort\`. */
    _abort_js: () => {
      throw new GuestAbort("the interpreter gave up");
    },
    /** assert(3) that did not hold: a \`GuestAbort\` with its text. */
    __assert_fail: (text) => {
      throw new GuestAbort(\`the interpreter gave up: \${shortText(context, text)}\`);
    },
    /** Asked between instructions of Python: the number of a signal that is due, or 0. The host is asked every 32nd time, as that costs something. */
    _Py_CheckEmscriptenSignals_Helper: () => {
      const { state, options } = context;
      const pending = state.pendingSignal;
      if (pending !== 0) {
        state.pendingSignal = 0;
        return pending;
      }
      state.checks += 1;
      return state.checks % CHECKS_BETWEEN === 0 ? options.dueSignal() : 0;
    },
    /** Calls a handler that C set for a signal; what is none ends the run. */
    __call_sighandler: (slot, signal) => {
      const handler = slot > 0 && slot < context.exports.__indirect_function_table.length ? context.exports.__indirect_function_table.get(slot) : null;
      if (typeof handler !== "function" || handler.length !== 1) throw new GuestAbort(\`the handler of signal \${signal} is no function\`);
      handler(signal);
    }
  };
}
function leave(code) {
  throw new GuestExit(code);
}
function shortText({ memory }, pointer) {
  try {
    return fromByteText(byteText(memory.zeroTerminated(pointer, MOST_TEXT_BYTES))) ?? "";
  } catch {
    return "";
  }
}
var CHECKS_BETWEEN = 32;
var MOST_TEXT_BYTES = 1024;

// src/host/imports/runtime.ts
function runtimeImports() {
  return {
    /** A runtime that stays after \`main\`: this one always does. */
    emscripten_runtime_keepalive_push: nothing,
    emscripten_runtime_keepalive_pop: nothing,
    _emscripten_runtime_keepalive_clear: nothing,
    /** Texts for the console of a browser: there is none. */
    emscripten_log_impl_js: nothing,
    _emscripten_log_formatted: nothing,
    emscripten_debugger: nothing,
    /** What \`platform\` would say of the browser or of Node: a null pointer, nothing is known. */
    _Py_emscripten_runtime: () => 0,
    /** Whether Python can wait for a promise of JavaScript: no. */
    can_run_sync_js: () => 0,
    /** A map for references to JavaScript objects, made while the module starts: there are none. */
    __hiwire_deduplicate_new: () => null
  };
}
function nothing() {
}

// src/host/imports/sockets.ts
function socketImports(context) {
  return {
    ...systemCalls({
      /** socket(2): no family of addresses is known. */
      __syscall_socket: () => {
        throw new CallError("EAFNOSUPPORT");
      },
      ...Object.fromEntries(
        ON_SOCKETS.map((name) => [
          name,
          (descriptor) => {
            descriptionOf(context, descriptor);
            throw new CallError("ENOTSOCK");
          }
        ])
      )
    }),
    /** getaddrinfo(3): the name is not known. */
    getaddrinfo: () => NAME_NOT_KNOWN,
    /** getnameinfo(3): neither. */
    getnameinfo: () => NAME_NOT_KNOWN,
    /** getprotobyname(3): a null pointer. */
    getprotobyname: () => 0,
    /** gethostbyname(3): no address. */
    _emscripten_lookup_name: () => 0,
    ...ASYNCHRONOUS
  };
}
var ON_SOCKETS = [
  "__syscall_accept4",
  "__syscall_bind",
  "__syscall_connect",
  "__syscall_getpeername",
  "__syscall_getsockname",
  "__syscall_getsockopt",
  "__syscall_listen",
  "__syscall_recvfrom",
  "__syscall_recvmsg",
  "__syscall_sendmsg",
  "__syscall_sendto"
];
var ASYNCHRONOUS = {
  _maybe_connect_async: () => null,
  _maybe_recvfrom_async: () => null,
  _maybe_sendto_async: () => null,
  _maybe_poll_async: () => null,
  _try_fcntl64: () => 0,
  _try_shutdown: () => 0
};
var NAME_NOT_KNOWN = -2;

// src/host/file-system/status.ts
function statusOf(node) {
  const { number, accessedNs, modifiedNs, changedNs } = node;
  const mode = TYPE_BITS[node.kind] | node.permissions;
  return { number, mode, links: linksOf(node), size: sizeOf(node), accessedNs, modifiedNs, changedNs };
}
function linksOf(node) {
  if (!node.isLinked) return 0;
  if (node.kind !== "folder") return 1;
  let links = 2;
  for (const inner of node.entries.values()) if (inner.kind === "folder") links += 1;
  return links;
}
function sizeOf(node) {
  if (node.kind === "file") return node.content.size;
  if (node.kind === "link") return node.target.length;
  return node.kind === "folder" ? FOLDER_BYTES : 0;
}
var FOLDER_BYTES = 4096;

// src/host/imports/status.ts
function statusImports(context) {
  const { memory } = context;
  return systemCalls({
    /** stat(2). */
    __syscall_stat64: (path, target) => writeStatus(context, target, nodeAt(context, AT_WORKING_FOLDER, path, 0)),
    /** lstat(2): of a link, not of what it leads to. */
    __syscall_lstat64: (path, target) => writeStatus(context, target, nodeAt(context, AT_WORKING_FOLDER, path, AT_NO_FOLLOW)),
    /** fstat(2). */
    __syscall_fstat64: (descriptor, target) => writeStatus(context, target, descriptionOf(context, descriptor).node),
    /** fstatat(2). */
    __syscall_newfstatat: (folder, path, target, flags) => writeStatus(context, target, nodeAt(context, folder, path, flags)),
    /** faccessat(2): the program is the owner of all there is. */
    __syscall_faccessat: (folder, path, wanted, flags) => {
      if ((wanted & ~7) !== 0) throw new CallError("EINVAL");
      const node = nodeAt(context, folder, path, flags);
      if ((wanted & 2) !== 0 && node.kind === "file" && node.content.isReadOnly) throw new CallError("EROFS");
      checkPermission(node, wanted << 6);
      return 0;
    },
    /** chmod(2). */
    __syscall_chmod: (path, permissions) => setPermissions(context, nodeAt(context, AT_WORKING_FOLDER, path, 0), permissions),
    /** fchmod(2). */
    __syscall_fchmod: (descriptor, permissions) => setPermissions(context, descriptionOf(context, descriptor).node, permissions),
    /** fchmodat2(2): a link itself has no permissions. */
    __syscall_fchmodat2: (folder, path, permissions, flags) => {
      const node = nodeAt(context, folder, path, flags);
      if (node.kind === "link") throw new CallError("EOPNOTSUPP");
      return setPermissions(context, node, permissions);
    },
    /** fchown(2): to the one user there is. */
    __syscall_fchown32: (descriptor, user, group) => {
      descriptionOf(context, descriptor);
      return checkOwner(user, group);
    },
    /** fchownat(2). */
    __syscall_fchownat: (folder, path, user, group, flags) => {
      nodeAt(context, folder, path, flags);
      return checkOwner(user, group);
    },
    /** utimensat(2): two times at a place in memory, or the present one for both. */
    __syscall_utimensat: (folder, path, times, flags) => {
      if (times !== 0) memory.slice(times, 2 * TIME_BYTES);
      const node = path === 0 ? descriptionOf(context, folder).node : nodeAt(context, folder, path, flags);
      const accessed = timeAt(context, times, 0);
      const modified = timeAt(context, times, TIME_BYTES);
      if (node.isFixed) throw new CallError("EPERM");
      node.accessedNs = accessed ?? node.accessedNs;
      node.modifiedNs = modified ?? node.modifiedNs;
      node.changedNs = context.fileSystem.guest.volume.now();
      return 0;
    },
    /** statfs(2): there is one file system. */
    __syscall_statfs64: (path, size, target) => {
      nodeAt(context, AT_WORKING_FOLDER, path, 0);
      return writeFileSystemStatus(context, target, size);
    },
    /** fstatfs(2). */
    __syscall_fstatfs64: (descriptor, size, target) => {
      descriptionOf(context, descriptor);
      return writeFileSystemStatus(context, target, size);
    }
  });
  function timeAt({ fileSystem }, times, offset) {
    if (times === 0) return fileSystem.guest.volume.now();
    const nanoseconds2 = memory.int32(times + offset + 8);
    if (nanoseconds2 === NOW) return fileSystem.guest.volume.now();
    if (nanoseconds2 === UNCHANGED) return void 0;
    if (nanoseconds2 < 0 || nanoseconds2 >= 1e9) throw new CallError("EINVAL");
    return BigInt.asIntN(64, memory.int64(times + offset)) * NS_PER_SECOND + BigInt(nanoseconds2);
  }
}
function nodeAt(context, descriptor, pointer, flags) {
  const path = pathAt(context, pointer);
  const { volume } = context.fileSystem.guest;
  if (path === "" && (flags & AT_EMPTY_PATH) !== 0) {
    return descriptor === AT_WORKING_FOLDER ? volume.workingFolder : descriptionOf(context, descriptor).node;
  }
  const start2 = folderFor(context, descriptor, path);
  return find(volume, path, start2, (flags & AT_NO_FOLLOW) === 0 ? "yes" : "slash");
}
function setPermissions({ fileSystem }, node, permissions) {
  if (node.isFixed) throw new CallError("EPERM");
  node.permissions = permissions & 4095;
  node.changedNs = fileSystem.guest.volume.now();
  return 0;
}
function checkOwner(user, group) {
  if (user !== -1 && user !== USER || group !== -1 && group !== USER) throw new CallError("EPERM");
  return 0;
}
function writeStatus({ memory }, target, node) {
  const status = statusOf(node);
  memory.slice(target, STATUS_BYTES).fill(0);
  memory.setInt32(target, 1);
  memory.setInt32(target + 4, status.mode);
  memory.setInt32(target + 8, status.links);
  memory.setInt32(target + 12, USER);
  memory.setInt32(target + 16, USER);
  memory.setInt64(target + 24, BigInt(status.size));
  memory.setInt32(target + 32, BLOCK_BYTES);
  memory.setInt32(target + 36, Math.ceil(status.size / 512));
  writeTime(memory, target + 40, status.accessedNs);
  writeTime(memory, target + 56, status.modifiedNs);
  writeTime(memory, target + 72, status.changedNs);
  memory.setInt64(target + 88, BigInt(status.number));
  return 0;
}
function writeTime(memory, target, time) {
  const nanoseconds2 = (time % NS_PER_SECOND + NS_PER_SECOND) % NS_PER_SECOND;
  memory.setInt64(target, BigInt.asIntN(64, (time - nanoseconds2) / NS_PER_SECOND));
  memory.setInt32(target + 8, Number(nanoseconds2));
}
function writeFileSystemStatus({ memory, fileSystem }, target, size) {
  const { quota } = fileSystem.guest.volume;
  if (size !== FILE_SYSTEM_BYTES) throw new CallError("EINVAL");
  memory.slice(target, FILE_SYSTEM_BYTES).fill(0);
  const freeBlocks = BigInt(Math.floor((quota.maxBytes - quota.usedBytes) / BLOCK_BYTES));
  memory.setInt32(target + 4, BLOCK_BYTES);
  memory.setInt64(target + 8, BigInt(Math.floor(quota.maxBytes / BLOCK_BYTES)));
  memory.setInt64(target + 16, freeBlocks);
  memory.setInt64(target + 24, freeBlocks);
  memory.setInt64(target + 32, BigInt(quota.maxFiles));
  memory.setInt64(target + 40, BigInt(quota.maxFiles - quota.usedFiles));
  memory.setInt32(target + 56, MOST_NAME_BYTES);
  memory.setInt32(target + 60, BLOCK_BYTES);
  return 0;
}
var USER = 1e3;
var STATUS_BYTES = 96;
var FILE_SYSTEM_BYTES = 88;
var TIME_BYTES = 16;
var BLOCK_BYTES = 4096;
var NS_PER_SECOND = 1000000000n;
var NOW = 1073741823;
var UNCHANGED = 1073741822;

// src/host/imports/surroundings.ts
function surroundingImports(context) {
  const { memory, options } = context;
  const entries = Object.entries(options.environment).map(([name, value]) => encoder2.encode(\`\${name}=\${value}\\0\`));
  return {
    ...wasiCalls({
      /** How many entries the environment has, and how many bytes. */
      environ_sizes_get: (count, bytes) => {
        memory.slice(bytes, 4);
        memory.setInt32(count, entries.length);
        memory.setInt32(
          bytes,
          entries.reduce((sum, entry) => sum + entry.length, 0)
        );
        return 0;
      },
      /** The entries one after another, and where each begins. */
      environ_get: (places, target) => {
        let start2 = target;
        for (const [index, entry] of entries.entries()) {
          memory.slice(start2, entry.length).set(entry);
          memory.setInt32(places + index * 4, start2);
          start2 += entry.length;
        }
        return 0;
      },
      /** getrandom(2). */
      random_get: (target, length) => {
        if (length !== 0) options.randomFill(memory.slice(target, length));
        return 0;
      }
    }),
    ...answering(
      {
        /** Name of the program; nothing where there is no room for it. */
        _emscripten_get_progname: (target, size) => {
          if (size >>> 0 >= PROGRAM.length) memory.slice(target, PROGRAM.length).set(PROGRAM);
        }
      },
      () => void 0
    ),
    ...systemCalls({
      /** getuid(2) and its like. */
      __syscall_getuid32_js: () => USER,
      /** umask(2): the mask that was there before. */
      __syscall_umask_js: (mask) => {
        const { volume } = context.fileSystem.guest;
        const before = volume.mask;
        volume.mask = mask & 511;
        return before;
      }
    }),
    /** system(3): there is no shell, which is how it answers to both of its questions. */
    _emscripten_system: (command) => command === 0 ? 0 : -1
  };
}
var encoder2 = new TextEncoder();
var PROGRAM = encoder2.encode("python\\0");

// src/host/file-system/transfer.ts
function read(description, target, position) {
  if (!description.canRead) throw new CallError("EBADF");
  const { node } = description;
  if (node.kind === "folder") throw new CallError("EISDIR");
  if (node.kind !== "file") {
    if (position !== void 0) throw new CallError("ESPIPE");
    if (node.kind === "pipe") return readPipe(node, target);
    if (node.device.read === void 0) throw new CallError("EBADF");
    return Math.max(0, Math.min(target.length, node.device.read(target)));
  }
  const length = node.content.read(target, position ?? description.position);
  if (position === void 0) description.position += length;
  return length;
}
function write(volume, description, bytes, position) {
  if (!description.canWrite) throw new CallError("EBADF");
  const { node } = description;
  if (node.kind === "folder") throw new CallError("EISDIR");
  if (node.kind !== "file") {
    if (position !== void 0) throw new CallError("ESPIPE");
    if (node.kind === "pipe") return writePipe(node, bytes);
    if (node.device.write === void 0) throw new CallError("EBADF");
    node.device.write(bytes);
    return bytes.length;
  }
  if (bytes.length === 0) return 0;
  const start2 = (description.statusFlags & APPEND) !== 0 ? node.content.size : position ?? description.position;
  node.content.write(bytes, start2);
  if (position === void 0) description.position = start2 + bytes.length;
  volume.touchFile(node);
  return bytes.length;
}
function seek(description, offset, origin) {
  const { node } = description;
  if (node.kind !== "file" && node.kind !== "folder") throw new CallError("ESPIPE");
  const base = seekBase(description, origin);
  const position = base + offset;
  if (position < 0) throw new CallError("EINVAL");
  if (position > Number.MAX_SAFE_INTEGER) throw new CallError("EOVERFLOW");
  description.position = position;
  if (node.kind === "folder" && position === 0) description.listing = void 0;
  return position;
}
function resizeOpen(volume, description, size) {
  if (description.node.kind !== "file" || !description.canWrite) throw new CallError("EINVAL");
  resize(volume, description.node, size);
}
function resize(volume, file, size) {
  if (size < 0) throw new CallError("EINVAL");
  if (file.content.isReadOnly) throw new CallError("EROFS");
  file.content.resize(size);
  volume.touchFile(file);
}
function seekBase({ node, position }, origin) {
  const size = node.kind === "file" ? node.content.size : 0;
  if (origin === FROM_START) return 0;
  if (origin === FROM_POSITION) return position;
  if (origin === FROM_END) return size;
  throw new CallError("EINVAL");
}
var FROM_START = 0;
var FROM_POSITION = 1;
var FROM_END = 2;

// src/host/imports/transfer.ts
function transferImports(context) {
  const { memory } = context;
  return {
    ...wasiCalls({
      /** readv(2). */
      fd_read: (descriptor, buffers, count, done) => transfer(context, buffers, count, done, reader(descriptionOf(context, descriptor))),
      /** writev(2). */
      fd_write: (descriptor, buffers, count, done) => transfer(context, buffers, count, done, writer(context, descriptionOf(context, descriptor))),
      /** preadv(2). */
      fd_pread: (descriptor, buffers, count, position, done) => transfer(context, buffers, count, done, reader(...placed(context, descriptor, position))),
      /** pwritev(2). */
      fd_pwrite: (descriptor, buffers, count, position, done) => transfer(context, buffers, count, done, writer(context, ...placed(context, descriptor, position))),
      /** lseek(2). */
      fd_seek: (descriptor, offset, origin, pointer) => {
        const description = descriptionOf(context, descriptor);
        memory.slice(pointer, 8);
        memory.setInt64(pointer, BigInt(seek(description, exactNumber(offset), origin)));
        return 0;
      },
      /** fsync(2): nothing is kept on a disk. */
      fd_sync: (descriptor) => {
        descriptionOf(context, descriptor);
        return 0;
      }
    }),
    ...systemCalls({
      /** fdatasync(2): as fsync. */
      __syscall_fdatasync: (descriptor) => {
        descriptionOf(context, descriptor);
        return 0;
      },
      /** ftruncate(2). */
      __syscall_ftruncate64: (descriptor, size) => {
        resizeOpen(context.fileSystem.guest.volume, descriptionOf(context, descriptor), exactNumber(size));
        return 0;
      },
      /** truncate(2). */
      __syscall_truncate64: (path, size) => {
        const { volume } = context.fileSystem.guest;
        if (size < 0n) throw new CallError("EINVAL");
        const node = find(volume, pathAt(context, path), volume.workingFolder);
        if (node.kind === "folder") throw new CallError("EISDIR");
        if (node.kind !== "file") throw new CallError("EINVAL");
        checkPermission(node, MAY_WRITE);
        resize(volume, node, exactNumber(size));
        return 0;
      },
      /** fallocate(2): makes a file as long as that; modes that punch holes are not had. */
      __syscall_fallocate: (descriptor, mode, position, length) => {
        const file = writableFile(descriptionOf(context, descriptor));
        const start2 = exactNumber(position);
        const end = start2 + exactNumber(length);
        if (start2 < 0 || end <= start2) throw new CallError("EINVAL");
        if (mode !== 0) throw new CallError("EOPNOTSUPP");
        if (end > file.content.size) resize(context.fileSystem.guest.volume, file, end);
        return 0;
      },
      /** posix_fadvise(2): advice is not needed. */
      __syscall_fadvise64: (descriptor) => {
        if (descriptionOf(context, descriptor).node.kind === "pipe") throw new CallError("ESPIPE");
        return 0;
      }
    })
  };
}
function transfer({ memory }, buffers, count, done, move) {
  if (!(count >= 0 && count <= MOST_BUFFERS)) throw new CallError("EINVAL");
  memory.slice(done, 4);
  let moved = 0;
  for (let index = 0; index < count; index += 1) {
    const buffer = memory.slice(buffers, count * BUFFER_BYTES).byteOffset + index * BUFFER_BYTES;
    const length = memory.uint32(buffer + 4);
    const bytes = length === 0 ? NOTHING : memory.slice(memory.uint32(buffer), length);
    const part = moved === 0 ? move(bytes) : moveMore(move, bytes);
    moved += part;
    if (part < length) break;
  }
  memory.setInt32(done, moved);
  return 0;
}
function moveMore(move, bytes) {
  try {
    return move(bytes);
  } catch (error) {
    if (error instanceof CallError) return 0;
    throw error;
  }
}
function placed(context, descriptor, position) {
  if (position < 0n) throw new CallError("EINVAL");
  return [descriptionOf(context, descriptor), exactNumber(position)];
}
function reader(description, position) {
  let next = position;
  return (target) => {
    const length = read(description, target, next);
    if (next !== void 0) next += length;
    return length;
  };
}
function writer(context, description, position) {
  let next = position;
  return (bytes) => {
    const length = write(context.fileSystem.guest.volume, description, bytes, next);
    if (next !== void 0) next += length;
    return length;
  };
}
function writableFile({ node, canWrite }) {
  if (!canWrite) throw new CallError("EBADF");
  if (node.kind === "pipe") throw new CallError("ESPIPE");
  if (node.kind !== "file") throw new CallError("ENODEV");
  return node;
}
var MOST_BUFFERS = 1024;
var BUFFER_BYTES = 8;
var NOTHING = new Uint8Array(0);

// src/host/import-table.ts
function importTable(module2, context) {
  checkImports(module2);
  const allowed = new Map(Object.entries(implementedImports(context)));
  const table = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module2)) {
    const names = table[from] ?? {};
    table[from] = names;
    names[name] = kind === "global" ? new WebAssembly.Global({ value: "i32", mutable: true }, 0) : allowed.get(name) ?? denied(name);
  }
  return table;
}
function implementedImports(context) {
  return {
    ...openingImports(context),
    ...transferImports(context),
    ...statusImports(context),
    ...folderImports(context),
    ...pollImports(context),
    ...socketImports(context),
    ...clockImports(context),
    ...calendarImports(context),
    ...surroundingImports(context),
    ...heapImports(context),
    ...mappingImports(context),
    ...processImports(context),
    ...runtimeImports(),
    ...libraryImports(context)
  };
}
function denied(name) {
  return () => {
    throw new SandboxViolation(name);
  };
}

// src/host/memory.ts
var GuestMemory = class {
  #memory;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Whose memory it is. Before, nothing lies inside: the imports exist before the instance does. */
  attach(memory) {
    this.#memory = memory;
  }
  /** The bytes of a stretch, in place: valid until the interpreter runs on. */
  slice(pointer, length) {
    const start2 = this.#checked(pointer, length >>> 0);
    return this.#bytes.subarray(start2, start2 + (length >>> 0));
  }
  /** The bytes before the first zero, in place. Throws \`ENAMETOOLONG\` where there is none in \`most\` bytes. */
  zeroTerminated(pointer, most) {
    const start2 = this.#checked(pointer, 1);
    const end = this.#bytes.subarray(start2, start2 + most).indexOf(0);
    if (end >= 0) return this.#bytes.subarray(start2, start2 + end);
    throw new CallError(start2 + most > this.#bytes.length ? "EFAULT" : "ENAMETOOLONG");
  }
  uint8(pointer) {
    return this.#current().getUint8(this.#checked(pointer, 1));
  }
  int16(pointer) {
    return this.#current().getInt16(this.#checked(pointer, 2), true);
  }
  int32(pointer) {
    return this.#current().getInt32(this.#checked(pointer, 4), true);
  }
  uint32(pointer) {
    return this.#current().getUint32(this.#checked(pointer, 4), true);
  }
  int64(pointer) {
    return this.#current().getBigInt64(this.#checked(pointer, 8), true);
  }
  setUint8(pointer, value) {
    this.#current().setUint8(this.#checked(pointer, 1), value);
  }
  setInt16(pointer, value) {
    this.#current().setInt16(this.#checked(pointer, 2), value, true);
  }
  setInt32(pointer, value) {
    this.#current().setInt32(this.#checked(pointer, 4), value, true);
  }
  setInt64(pointer, value) {
    this.#current().setBigInt64(this.#checked(pointer, 8), value, true);
  }
  /** All of it, as it is now. */
  all() {
    this.#refresh();
    return this.#bytes;
  }
  /** The place of a pointer, if so many bytes from there on are inside. */
  #checked(pointer, length) {
    this.#refresh();
    const start2 = pointer >>> 0;
    if (start2 === 0 || start2 + length > this.#bytes.length) throw new CallError("EFAULT");
    return start2;
  }
  /** JavaScript evaluates what a method is called on before the arguments: it must not be a view that these replace. */
  #current() {
    this.#refresh();
    return this.#view;
  }
  /** Memory that has grown is another buffer. */
  #refresh() {
    if (this.#memory === void 0 || this.#bytes.buffer === this.#memory.buffer) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }
};

// src/host/trampoline.ts
function instantiateTrampoline(memory, table) {
  compiled ??= new WebAssembly.Module(BINARY);
  return new WebAssembly.Instance(compiled, { env: { memory, __indirect_function_table: table } }).exports["trampoline_call"];
}
var compiled;
var HEX = "0061736d0100000001200560037f7f7f017f60027f7f017f60017f017f6000017f60057f7f7f7f7f017f02310203656e76066d656d6f727902000103656e76195f5f696e6469726563745f66756e6374696f6e5f7461626c6501700001030201040713010f7472616d706f6c696e655f63616c6c00000a60015e002000410136020020012500fb1400044020022003200420011100000f0b20012500fb140104402002200320011101000f0b20012500fb14020440200220011102000f0b20012500fb1403044020011103000f0b2000410036020041000b";
var BINARY = Uint8Array.from(HEX.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

// src/host/instance.ts
function instantiateHost(module2, options) {
  const guest = { fileSystem: options.fileSystem, state: newImportState(), instance: void 0, linker: void 0 };
  const context = contextOf(guest, options);
  const instance = new WebAssembly.Instance(module2, importTable(module2, context));
  const exports2 = exportsOf(module2, instance);
  guest.instance = { exports: exports2, all: instance.exports };
  context.memory.attach(exports2.memory);
  const trampolineSlot = exports2.__indirect_function_table.grow(1);
  exports2.__indirect_function_table.set(trampolineSlot, instantiateTrampoline(exports2.memory, exports2.__indirect_function_table));
  let isUsed = false;
  return {
    get fileSystem() {
      return guest.fileSystem;
    },
    get isOutOfMemory() {
      return guest.state.isOutOfMemory;
    },
    set isOutOfMemory(isOutOfMemory) {
      guest.state.isOutOfMemory = isOutOfMemory;
    },
    memoryBytes: () => exports2.memory.buffer.byteLength,
    boot: () => {
      isUsed = true;
      boot(context, trampolineSlot);
    },
    run: (code) => run(context, code),
    capture: () => capture(exports2),
    restore: (image, fileSystem) => {
      const wasUsed = isUsed;
      isUsed = true;
      restore(exports2, image, wasUsed);
      guest.state = newImportState();
      guest.linker = void 0;
      if (fileSystem !== void 0) guest.fileSystem = fileSystem;
    },
    protectStack: (stackBytes) => protectStack(exports2, stackBytes)
  };
}
function contextOf(guest, options) {
  function instance() {
    if (guest.instance === void 0) throw new GuestAbort("the interpreter called out before it was there");
    return guest.instance;
  }
  const context = {
    options,
    memory: new GuestMemory(),
    get fileSystem() {
      return guest.fileSystem;
    },
    get state() {
      return guest.state;
    },
    get exports() {
      return instance().exports;
    },
    get linker() {
      guest.linker ??= guestLinker(context, instance().all, implementedImports(context));
      return guest.linker;
    }
  };
  return context;
}
function boot(context, trampolineSlot) {
  const { exports: exports2 } = context;
  exports2.__wasm_call_ctors();
  const { memory } = context;
  const trampolineOffset = memory.int32(Number(exports2._PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET.value));
  memory.setInt32(Number(exports2._PyRuntime.value) + trampolineOffset, trampolineSlot);
  memory.setUint8(Number(exports2.Py_EMSCRIPTEN_SIGNAL_HANDLING.value), 1);
  const name = copied(context, "python");
  const names = exports2.malloc(8);
  if (name === 0 || names === 0) throw new GuestAbort("there is no memory to start the interpreter");
  memory.setInt32(names, name);
  memory.setInt32(names + 4, 0);
  const code = exports2.__main_argc_argv(1, names);
  if (code !== 0) throw new GuestAbort(\`the interpreter did not start: \${code}\`);
}
function run(context, code) {
  const text = copied(context, code);
  if (text === 0) {
    context.state.isOutOfMemory = true;
    return false;
  }
  const failed = context.exports.PyRun_SimpleString(text);
  context.exports.free(text);
  return failed === 0;
}
function capture(exports2) {
  return {
    memoryBytes: exports2.memory.buffer.byteLength,
    tableLength: exports2.__indirect_function_table.length,
    stackPointer: exports2.emscripten_stack_get_current(),
    memory: new Uint8Array(exports2.memory.buffer)
  };
}
function restore(exports2, image, isUsed) {
  const missingBytes = image.memoryBytes - exports2.memory.buffer.byteLength;
  if (missingBytes > 0) exports2.memory.grow(missingBytes / PAGE_BYTES);
  const missingSlots = image.tableLength - exports2.__indirect_function_table.length;
  if (missingSlots > 0) exports2.__indirect_function_table.grow(missingSlots);
  const memory = new Uint8Array(exports2.memory.buffer);
  const clear = isUsed || !isZero(memory, image.runs[0]?.offset ?? 0);
  let end = 0;
  let position = 0;
  for (const { offset, length } of image.runs) {
    if (clear) memory.fill(0, end, offset);
    image.read(memory.subarray(offset, offset + length), position);
    position += length;
    end = offset + length;
  }
  if (clear) memory.fill(0, end);
  exports2._emscripten_stack_restore(image.stackPointer);
}
function isZero(memory, offset) {
  return memory.subarray(offset, offset + SYSTEM_PAGE_BYTES).every((byte) => byte === 0);
}
function protectStack(exports2, stackBytes) {
  const top = exports2.emscripten_stack_get_current() >>> 0;
  const size = Math.min(Math.max(Math.floor(stackBytes / STACK_RATIO), LEAST_STACK_BYTES), MOST_STACK_BYTES);
  const failed = exports2.PyUnstable_ThreadState_SetStackProtection(exports2.PyThreadState_GetUnchecked(), top - size, size);
  if (failed !== 0) throw new GuestAbort("the stack cannot be protected");
}
function copied({ exports: exports2, memory }, text) {
  const bytes = new TextEncoder().encode(\`\${text}\\0\`);
  const pointer = exports2.malloc(bytes.length);
  if (pointer !== 0) memory.slice(pointer, bytes.length).set(bytes);
  return pointer;
}
var STACK_RATIO = 24;
var LEAST_STACK_BYTES = 2e5;
var MOST_STACK_BYTES = 4e6;
var SYSTEM_PAGE_BYTES = 4096;

// src/joined.ts
function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    whole.set(piece, position);
    position += piece.length;
  }
  return whole;
}

// src/image/image-error.ts
var ImageError = class extends Error {
  name = "ImageError";
};

// src/image/heap-image.ts
var WASM_PAGE = 65536;
var MOST_HEADER_BYTES = 4 * 2 ** 20;
function openHeap(part) {
  const length = new Uint8Array(4);
  part.read(length, 0);
  const headerBytes = new DataView(length.buffer).getUint32(0, true);
  if (headerBytes > MOST_HEADER_BYTES) throw new ImageError("the header of its heap is too long");
  const text = new Uint8Array(headerBytes);
  part.read(text, length.length);
  const start2 = length.length + headerBytes;
  const header = checkedHeader(parsed(text), part.size - start2);
  return { ...header, read: (target, position) => part.read(target, start2 + position) };
}
function parsed(text) {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch (cause) {
    throw new ImageError("the header of its heap is no JSON", { cause });
  }
}
function checkedHeader(value, runBytes) {
  const { memoryBytes, tableLength, stackPointer, runs } = Object(value);
  if (!isCount(memoryBytes) || memoryBytes % WASM_PAGE !== 0 || memoryBytes > 2 ** 32) throw new ImageError("its heap has no size");
  if (!isCount(tableLength)) throw new ImageError("its heap does not say how long the function table is");
  if (!isCount(stackPointer) || stackPointer > memoryBytes) throw new ImageError("its heap does not say where the stack is");
  if (!Array.isArray(runs)) throw new ImageError("its heap has no runs");
  const checked = runs.map(checkedRun);
  let end = 0;
  for (const { offset, length } of checked) {
    if (offset < end || offset + length > memoryBytes) throw new ImageError("a run of its heap lies where none may be");
    end = offset + length;
  }
  const sum = checked.reduce((bytes, { length }) => bytes + length, 0);
  if (sum !== runBytes) throw new ImageError(\`the runs of its heap have \${sum} bytes by its header, and \${runBytes} are there\`);
  return { memoryBytes, tableLength, stackPointer, runs: checked };
}
function checkedRun(value) {
  const { offset, length } = Object(value);
  if (!isCount(offset) || !isCount(length)) throw new ImageError("a run of its heap has no place");
  return { offset, length };
}
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

// src/image/standard-library.ts
var LIBRARY_PATH = "/lib/python314.zip";
var COMPILED_LIBRARY_PATH = "/tmp/library.zip";
var COMPILE_LIBRARY = \`
def compile_library(source, target):
    import importlib._bootstrap_external
    import importlib.util
    import zipfile

    def add(library, name, content, how):
        library.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, how)

    with zipfile.ZipFile(source) as sources, zipfile.ZipFile(target, 'w') as library:
        for name in sources.namelist():
            if name.endswith('/') or name.startswith(('pyodide/', '_pyodide/')):
                continue
            content = sources.read(name)
            if name.endswith('.py'):
                code = compile(content, f'{source}/{name}', 'exec', dont_inherit=True)
                source_hash = importlib.util.source_hash(content)
                compiled = importlib._bootstrap_external._code_to_hash_pyc(code, source_hash, False)
                add(library, name + 'c', compiled, zipfile.ZIP_STORED)
            add(library, name, content, zipfile.ZIP_DEFLATED)
compile_library('\${LIBRARY_PATH}', '\${COMPILED_LIBRARY_PATH}')
\`;

// src/image/interpreter-files.ts
var FOLDERS = ["/lib/python3.14/site-packages", "/lib/python3.14/lib-dynload", "/home/user", "/tmp"];
function layOutInterpreter(fileSystem, library) {
  for (const folder of FOLDERS) fileSystem.makeFolder(folder);
  fileSystem.mountFile(LIBRARY_PATH, library);
  fileSystem.setWorkingFolder("/home/user");
}

// src/image/part-reader.ts
var import_node_fs = require("node:fs");
function partReader(source, extent) {
  return {
    size: extent.size,
    read(target, position) {
      if (!(position >= 0 && target.length <= extent.size - position)) throw new ImageError("an image is read beyond the end of a part");
      if (typeof source === "number") fill(source, target, extent.offset + position);
      else target.set(wholeSlice(source, extent.offset + position, target.length));
    }
  };
}
function readPart(source, extent) {
  const bytes = new Uint8Array(extent.size);
  partReader(source, extent).read(bytes, 0);
  return bytes;
}
function atAnyPlace(source, size) {
  if (typeof source !== "number" || (0, import_node_fs.fstatSync)(source).isFile()) return source;
  const bytes = new Uint8Array(size);
  fill(source, bytes, void 0);
  return bytes;
}
function fill(descriptor, target, position) {
  let filled = 0;
  while (filled < target.length) {
    const place = position === void 0 ? null : position + filled;
    const count = (0, import_node_fs.readSync)(descriptor, target, filled, target.length - filled, place);
    if (count === 0) throw new ImageError("an image ends before its last part does");
    filled += count;
  }
}
function wholeSlice(bytes, start2, size) {
  const slice = bytes.subarray(start2, start2 + size);
  if (slice.length < size) throw new ImageError("an image ends before its last part does");
  return slice;
}

// src/image/wasm-sections.ts
var PREAMBLE2 = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
function readSections(module2) {
  if (!PREAMBLE2.every((byte, index) => module2[index] === byte)) throw new ImageError("this is no WebAssembly module of version 1");
  const reader2 = new WasmReader(module2.subarray(PREAMBLE2.length));
  const sections = [];
  while (!reader2.isAtEnd) {
    const id = reader2.byte();
    sections.push({ id, body: reader2.bytes(reader2.number()) });
  }
  return sections;
}
function writeSections(sections) {
  return joined([PREAMBLE2, ...sections.flatMap(({ id, body }) => [Uint8Array.of(id), encodedNumber(body.length), body])]);
}
var WasmReader = class {
  #bytes;
  #position = 0;
  constructor(bytes) {
    this.#bytes = bytes;
  }
  get position() {
    return this.#position;
  }
  get isAtEnd() {
    return this.#position === this.#bytes.length;
  }
  byte() {
    const byte = this.#bytes[this.#position];
    if (byte === void 0) throw new ImageError("a WebAssembly module ends too early");
    this.#position += 1;
    return byte;
  }
  bytes(count) {
    if (count > this.#bytes.length - this.#position) throw new ImageError("a WebAssembly module ends too early");
    this.#position += count;
    return this.#bytes.subarray(this.#position - count, this.#position);
  }
  /** An unsigned number of 32 bits, as LEB128. */
  number() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) {
        if (value > 4294967295) break;
        return value;
      }
    }
    throw new ImageError("a number in a WebAssembly module has more than 32 bits");
  }
  text() {
    return new TextDecoder().decode(this.bytes(this.number()));
  }
};
function encodedNumber(value) {
  const bytes = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

// src/image/strip.ts
var EXPORTS = 7;
function withFirstExports(module2, count) {
  return writeSections(readSections(module2).map((section) => section.id === EXPORTS ? onlyFirst(section, count) : section));
}
function onlyFirst({ id, body }, count) {
  const reader2 = new WasmReader(body);
  if (reader2.number() < count) throw new ImageError(\`the WebAssembly module has fewer than \${count} exports\`);
  const start2 = reader2.position;
  for (let left = count; left > 0; left -= 1) {
    reader2.bytes(reader2.number());
    passWhat(reader2);
  }
  return { id, body: joined([encodedNumber(count), body.subarray(start2, reader2.position)]) };
}
function passWhat(reader2) {
  reader2.byte();
  reader2.number();
}

// src/image/open.ts
function openImage({ source: place, core, library, heap }) {
  const source = atAnyPlace(place, Math.max(...[core, library, heap].map(({ offset, size }) => offset + size)));
  return {
    compile(maxMemoryBytes, isForLibraries = false) {
      const whole = readPart(source, core);
      return compileLimited(isForLibraries ? whole : withFirstExports(whole, EXPORT_NAMES.length), maxMemoryBytes);
    },
    heap: openHeap(partReader(source, heap)),
    layOut: (fileSystem) => layOutInterpreter(fileSystem, partReader(source, library))
  };
}
function compileLimited(binary, maxMemoryBytes) {
  limitMemoryInPlace(binary, maxMemoryBytes);
  const module2 = new WebAssembly.Module(binary);
  binary.buffer.transfer(0);
  return module2;
}

// src/guest/interpreter.ts
var IN_PLACE_BYTES = 64 * 2 ** 20;
function openInterpreter({ image, limits, stackBytes }, options, prepare) {
  const opened = openImage(image);
  const module2 = opened.compile(limits.memoryBytes, limits.hasPackages === true);
  let host = fresh();
  function emptyFileSystem() {
    const { clock, randomFill } = options;
    const fileSystem = createFileSystem({ clock, randomFill, maxBytes: limits.fileBytes, maxFiles: limits.files });
    opened.layOut(fileSystem);
    prepare(fileSystem);
    return fileSystem;
  }
  function fresh() {
    const instance = instantiateHost(module2, {
      ...options,
      fileSystem: emptyFileSystem(),
      // A program may have less than its session; a copy would not know.
      get maxMemoryBytes() {
        return options.maxMemoryBytes;
      }
    });
    instance.restore(opened.heap);
    instance.protectStack(stackBytes);
    return instance;
  }
  return {
    get host() {
      return host;
    },
    reset() {
      if (host.memoryBytes() >= IN_PLACE_BYTES) {
        host = fresh();
        return;
      }
      host.restore(opened.heap, emptyFileSystem());
      host.protectStack(stackBytes);
    }
  };
}

// src/guest/outputs.ts
var FLUSH_BYTES = 16 * 2 ** 10;
var FLUSH_MS = 50;
var TOLD_AT_ONCE = 16;
var LONGEST_CHARACTER = 4;
function createOutputs(limit, now, tell) {
  const streams = { stdout: createOutput(limit), stderr: createOutput(limit) };
  let waiting;
  let waitingBytes = 0;
  let periodStart = now();
  let toldInPeriod = 0;
  function join(stream, text) {
    if (text === "") return;
    if (waiting?.stream !== stream) {
      flush();
      waiting = { stream, texts: [] };
    }
    waiting.texts.push(text);
    waitingBytes += text.length;
  }
  function flush() {
    const told = waiting;
    waiting = void 0;
    waitingBytes = 0;
    if (told !== void 0) tell(told.stream, told.texts.join(""));
  }
  function flushOld() {
    if (waiting === void 0) return;
    if (now() - periodStart >= FLUSH_MS) {
      periodStart = now();
      toldInPeriod = 0;
    }
    toldInPeriod += 1;
    if (toldInPeriod <= TOLD_AT_ONCE) flush();
  }
  return {
    get bytes() {
      return streams.stdout.bytes + streams.stderr.bytes;
    },
    add(stream, bytes) {
      join(stream, streams[stream].add(bytes));
      if (waitingBytes >= FLUSH_BYTES) flush();
      else flushOld();
    },
    flushOld,
    flush,
    finish() {
      const { stdout, stderr } = streams;
      join("stdout", stdout.end());
      join("stderr", stderr.end());
      flush();
      return {
        ...stdout.dropped > 0 ? { stdoutBytes: stdout.dropped } : {},
        ...stderr.dropped > 0 ? { stderrBytes: stderr.dropped } : {}
      };
    }
  };
}
function createOutput(limit) {
  const decoder4 = new TextDecoder("utf-8", { ignoreBOM: true });
  const tailBytes = Math.floor(limit / 2) + LONGEST_CHARACTER;
  let tail = [];
  let tailLength = 0;
  let room = limit;
  let total = 0;
  let dropped = 0;
  function shortenTail() {
    const whole = joined(tail);
    let start2 = Math.max(0, tailLength - tailBytes);
    while (isContinuation(whole[start2])) start2 += 1;
    dropped += start2;
    tail = [whole.slice(start2)];
    tailLength -= start2;
  }
  function take(text) {
    const bytes = encoder3.encode(text);
    total += bytes.length;
    if (bytes.length <= room) {
      room -= bytes.length;
      return text;
    }
    const end = characterStart(bytes, room);
    room = 0;
    tail.push(bytes.subarray(end));
    tailLength += bytes.length - end;
    if (tailLength > 2 * tailBytes + 2 ** 16) shortenTail();
    return text === "" ? "" : lastDecoder.decode(bytes.subarray(0, end));
  }
  return {
    get bytes() {
      return total;
    },
    get dropped() {
      return dropped;
    },
    add: (bytes) => take(decoder4.decode(bytes, { stream: true })),
    end() {
      const rest = take(decoder4.decode());
      shortenTail();
      return rest + lastDecoder.decode(joined(tail));
    }
  };
}
function characterStart(bytes, position) {
  let start2 = position;
  while (start2 > 0 && isContinuation(bytes[start2])) start2 -= 1;
  return start2;
}
function isContinuation(byte) {
  return byte !== void 0 && (byte & 192) === 128;
}
var encoder3 = new TextEncoder();
var lastDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

// src/guest/program-clock.ts
function startClock({ now, cpuMs }) {
  const begin = now();
  const cpuBegin = cpuMs();
  let waitedBefore = 0;
  let waitsSince;
  function waited() {
    return waitedBefore + (waitsSince === void 0 ? 0 : now() - waitsSince);
  }
  return {
    setWaiting(isWaiting) {
      waitedBefore = waited();
      waitsSince = isWaiting ? now() : void 0;
    },
    own() {
      const elapsed = now() - begin;
      const notWaited = elapsed - waited();
      return notWaited === elapsed ? elapsed : Math.min(elapsed, Math.max(notWaited, cpuMs() - cpuBegin));
    },
    waited,
    cpu: () => cpuMs() - cpuBegin
  };
}

// src/guest/python-channel.ts
var MOST_BYTES = 48 * 2 ** 20;
var ChannelBroken = class extends Error {
  name = "ChannelBroken";
};
function createPythonChannel(onMessage, wait2) {
  let incoming = [];
  let written = [];
  let writtenBytes = 0;
  function read2(target) {
    let filled = 0;
    while (filled < target.length) {
      const first = incoming[0];
      if (first === void 0) break;
      const part = first.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      if (part.length === first.length) incoming.shift();
      else incoming[0] = first.subarray(part.length);
    }
    return filled;
  }
  function write2(bytes) {
    written.push(bytes.slice());
    writtenBytes += bytes.length;
    while (writtenBytes >= LENGTH_BYTES) {
      const [only] = written;
      const all = only !== void 0 && written.length === 1 ? only : joined(written);
      const length = new DataView(all.buffer, all.byteOffset).getUint32(0, true);
      if (length > MOST_BYTES) throw new ChannelBroken(\`a frame of \${length} bytes was written to descriptor 3\`);
      const end = LENGTH_BYTES + length;
      written = [all];
      if (all.length < end) return;
      written = [all.subarray(end)];
      writtenBytes = all.length - end;
      onMessage(parsed2(all.subarray(LENGTH_BYTES, end)));
    }
  }
  return {
    device: {
      read: read2,
      write: write2,
      waitReadable(ms) {
        if (incoming.length === 0) wait2(ms);
        return incoming.length > 0;
      }
    },
    lay(message) {
      const json = encoder4.encode(JSON.stringify(message));
      const frame = new Uint8Array(LENGTH_BYTES + json.length);
      new DataView(frame.buffer).setUint32(0, json.length, true);
      frame.set(json, LENGTH_BYTES);
      incoming.push(frame);
    },
    get isReadable() {
      return incoming.length > 0;
    },
    clear() {
      incoming = [];
      written = [];
      writtenBytes = 0;
    }
  };
}
function parsed2(json) {
  try {
    const message = JSON.parse(decoder2.decode(json));
    if (typeof message === "object" && message !== null) return message;
  } catch (error) {
    throw new ChannelBroken("what was written to descriptor 3 is no JSON", { cause: error });
  }
  throw new ChannelBroken("what was written to descriptor 3 is no JSON object");
}
var LENGTH_BYTES = 4;
var encoder4 = new TextEncoder();
var decoder2 = new TextDecoder("utf-8", { ignoreBOM: true });

// src/guest/execution.ts
var REPEAT_MS = 250;
var LOOK_MS = 5;
var OPEN_CALLS = 16;
var SIGINT = 2;
function beginExecution(number, limits, { port: port2, system: system2, memoryBytes, serve }) {
  const { now } = system2;
  const openCalls = /* @__PURE__ */ new Set();
  const outputs = createOutputs(limits.outputBytes, now, (type, text) => tell({ type, number, text }));
  let clock = startClock(system2);
  let ended;
  let hasBegun = false;
  let stop;
  let nextSignal = 0;
  let nextLook = 0;
  let displayRoom = 2 * limits.displayBytes;
  let droppedDisplays = 0;
  function tell(message) {
    port2.send(message);
  }
  function stopFor(reason) {
    stop = reason;
    nextSignal = now();
    outputs.flush();
    if (reason !== "aborted") tell({ type: "status", number, status: "interrupting", detail: reason });
  }
  function lookAround() {
    const time = now();
    if (time < nextLook) return;
    nextLook = time + LOOK_MS;
    outputs.flushOld();
    serve();
    if (stop !== void 0 || !hasBegun) return;
    if (port2.stopNumber() === number) stopFor("aborted");
    else if (clock.own() >= limits.wallMs) stopFor("deadline");
    else if (outputs.bytes > limits.outputHardBytes) stopFor("output_limit");
  }
  function isDue() {
    return stop !== void 0 && hasBegun && now() >= nextSignal;
  }
  function showDisplay(display) {
    if (!isDisplay(display)) throw new ChannelBroken("a display is none");
    const size = Object.values(display.data).reduce((sum, content) => sum + content.length, 0);
    if (size > displayRoom) {
      droppedDisplays += 1;
      return;
    }
    displayRoom -= size;
    outputs.flush();
    tell({ type: "display", number, display: { data: display.data } });
  }
  function openCall({ id, name, arguments: given }) {
    if (typeof id !== "string" || typeof name !== "string" || typeof given !== "string") throw new ChannelBroken("a tool call is none");
    if (openCalls.size >= OPEN_CALLS || openCalls.has(id)) throw new ChannelBroken("more tool calls than a program may open");
    openCalls.add(id);
    outputs.flush();
    tell({ type: "call", number, id, name, arguments: given });
  }
  return {
    number,
    write(stream, bytes) {
      outputs.add(stream, bytes);
      if (stop === void 0 && outputs.bytes > limits.outputHardBytes) stopFor("output_limit");
    },
    hear(message) {
      switch (message["type"]) {
        case "begun":
          if (hasBegun) return;
          hasBegun = true;
          clock = startClock(system2);
          return;
        case "display":
          showDisplay(message["display"]);
          return;
        case "call":
          openCall(message);
          return;
        case "waiting":
          return;
        // here it is known when it waits
        case "ended":
          if (message["number"] === number) ended ??= asRan(message["ran"]);
          return;
        default:
          throw new ChannelBroken("a message is none of the runtime");
      }
    },
    closeCall: (id) => openCalls.delete(id),
    patience() {
      if (stop !== void 0) return Math.max(1, nextSignal - now());
      return openCalls.size > 0 ? Number.POSITIVE_INFINITY : Math.max(1, limits.wallMs - clock.own());
    },
    pause() {
      outputs.flush();
      if (openCalls.size === 0) return () => {
      };
      clock.setWaiting(true);
      tell({ type: "waiting", number, isWaiting: true });
      return () => {
        clock.setWaiting(false);
        tell({ type: "waiting", number, isWaiting: false });
      };
    },
    flush: () => outputs.flush(),
    dueSignal() {
      lookAround();
      if (!isDue()) return 0;
      nextSignal = now() + REPEAT_MS;
      return SIGINT;
    },
    isDue() {
      nextLook = 0;
      lookAround();
      return isDue();
    },
    finish({ lost, droppedFiles }) {
      const droppedText = outputs.finish();
      const ran = ended ?? {};
      const displays = droppedDisplays + (ran.dropped?.displays ?? 0);
      const dropped = { ...droppedText, ...displays > 0 ? { displays } : {}, ...droppedFiles > 0 ? { files: droppedFiles } : {} };
      const usage = { wallMs: clock.own(), cpuMs: clock.cpu(), toolMs: clock.waited(), peakMemoryBytes: memoryBytes() };
      const { reason, value, dropped: _, ...rest } = ran;
      return {
        ...rest,
        // What was told to stop is not what it says that it is: it may have caught its interrupt and gone on a while.
        ...stop === void 0 ? { reason: lost?.reason ?? reason, value } : stop === "aborted" ? {} : { reason: stop },
        ...Object.keys(dropped).length > 0 ? { dropped } : {},
        ...lost === void 0 ? {} : { state: "lost", warnings: [lost.detail] },
        usage
      };
    }
  };
}
function isDisplay(display) {
  if (typeof display !== "object" || display === null || !("data" in display)) return false;
  const { data } = display;
  return typeof data === "object" && data !== null && Object.values(data).every((content) => typeof content === "string");
}
function asRan(ran) {
  if (typeof ran === "object" && ran !== null) return ran;
  throw new ChannelBroken("a program ended without a result");
}

// src/guest/frames.ts
var MOST_CONTENT_BYTES = 2 ** 20;
var MOST_HEADER_BYTES2 = 64 * 2 ** 20;
var NONCE_BYTES = 16;
var PREFIX_BYTES = 8 + NONCE_BYTES;
var FrameError = class extends Error {
  name = "FrameError";
};
function encodeFrame(nonce2, header, contentBytes) {
  const json = encoder5.encode(JSON.stringify(header));
  checkSizes(json.length, contentBytes);
  const bytes = new Uint8Array(PREFIX_BYTES + json.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, json.length, true);
  view.setUint32(4, contentBytes, true);
  bytes.set(nonce2, 8);
  bytes.set(json, PREFIX_BYTES);
  return bytes;
}
function checkSizes(headerBytes, contentBytes) {
  if (headerBytes > MOST_HEADER_BYTES2) throw new FrameError(\`a header of \${headerBytes} bytes, the limit is \${MOST_HEADER_BYTES2}\`);
  if (contentBytes > MOST_CONTENT_BYTES) throw new FrameError(\`a content of \${contentBytes} bytes, the limit is \${MOST_CONTENT_BYTES}\`);
}
var encoder5 = new TextEncoder();
var decoder3 = new TextDecoder("utf-8", { ignoreBOM: true });

// src/guest/mime-types.ts
function mimeTypeOf(path) {
  let [stem, ending] = splitEnding(path);
  const whole = LONG_FORMS.get(ending);
  if (whole !== void 0) [stem, ending] = splitEnding(stem + whole);
  if (ENCODINGS.has(ending)) [, ending] = splitEnding(stem);
  return TYPES.get(ending) ?? TYPES.get(ending.toLowerCase());
}
function splitEnding(path) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  const isEnding = dot > 0 && /[^.]/.test(name.slice(0, dot));
  return isEnding ? [path.slice(0, path.length - name.length + dot), name.slice(dot)] : [path, ""];
}
var LONG_FORMS = new Map(
  Object.entries({ ".svgz": ".svg.gz", ".tgz": ".tar.gz", ".taz": ".tar.gz", ".tz": ".tar.gz", ".tbz2": ".tar.bz2", ".txz": ".tar.xz" })
);
var ENCODINGS = /* @__PURE__ */ new Set([".gz", ".Z", ".bz2", ".xz", ".br"]);
var ENDINGS_OF = {
  "text/javascript": "js mjs",
  "application/epub+zip": "epub",
  "application/gzip": "gz",
  "application/json": "json",
  "application/manifest+json": "webmanifest",
  "application/msword": "doc dot wiz",
  "application/n-quads": "nq",
  "application/n-triples": "nt",
  "application/octet-stream": "bin a dll exe o obj so",
  "application/oda": "oda",
  "application/ogg": "ogx",
  "application/pdf": "pdf",
  "application/pkcs7-mime": "p7c",
  "application/postscript": "ps ai eps",
  "application/trig": "trig",
  "application/vnd.apple.mpegurl": "m3u m3u8",
  "application/vnd.ms-excel": "xls xlb",
  "application/vnd.ms-fontobject": "eot",
  "application/vnd.ms-powerpoint": "ppt pot ppa pps pwz",
  "application/vnd.oasis.opendocument.graphics": "odg",
  "application/vnd.oasis.opendocument.presentation": "odp",
  "application/vnd.oasis.opendocument.spreadsheet": "ods",
  "application/vnd.oasis.opendocument.text": "odt",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.rar": "rar",
  "application/wasm": "wasm",
  "application/x-7z-compressed": "7z",
  "application/x-bcpio": "bcpio",
  "application/x-cpio": "cpio",
  "application/x-csh": "csh",
  "application/x-debian-package": "deb",
  "application/x-dvi": "dvi",
  "application/x-gtar": "gtar",
  "application/x-hdf": "hdf",
  "application/x-hdf5": "h5",
  "application/x-latex": "latex",
  "application/x-mif": "mif",
  "application/x-netcdf": "cdf nc",
  "application/x-pkcs12": "p12 pfx",
  "application/x-httpd-php": "php",
  "application/x-pn-realaudio": "ram",
  "application/x-python-code": "pyc pyo",
  "application/x-rpm": "rpm",
  "application/x-sh": "sh",
  "application/x-shar": "shar",
  "application/x-shockwave-flash": "swf",
  "application/x-sv4cpio": "sv4cpio",
  "application/x-sv4crc": "sv4crc",
  "application/x-tar": "tar",
  "application/x-tcl": "tcl",
  "application/x-tex": "tex",
  "application/x-texinfo": "texi texinfo",
  "application/x-troff": "roff t tr",
  "application/x-troff-man": "man",
  "application/x-troff-me": "me",
  "application/x-troff-ms": "ms",
  "application/x-ustar": "ustar",
  "application/x-wais-source": "src",
  "application/xml": "xsl rdf wsdl xpdl",
  "application/yaml": "yaml yml",
  "application/zip": "zip",
  "audio/3gpp": "3gp 3gpp",
  "audio/3gpp2": "3g2 3gpp2",
  "audio/aac": "aac adts loas ass",
  "audio/basic": "au snd",
  "audio/flac": "flac",
  "audio/matroska": "mka",
  "audio/mp4": "m4a",
  "audio/mpeg": "mp3 mp2",
  "audio/ogg": "ogg",
  "audio/opus": "opus",
  "audio/x-aiff": "aif aifc aiff",
  "audio/x-pn-realaudio": "ra",
  "audio/vnd.wave": "wav",
  "font/otf": "otf",
  "font/ttf": "ttf",
  "audio/webm": "weba",
  "font/woff": "woff",
  "font/woff2": "woff2",
  "image/avif": "avif",
  "image/bmp": "bmp",
  "image/emf": "emf",
  "image/fits": "fits",
  "image/g3fax": "g3",
  "image/gif": "gif",
  "image/ief": "ief",
  "image/jp2": "jp2",
  "image/jpeg": "jpg jpe jpeg",
  "image/jpm": "jpm",
  "image/jpx": "jpx",
  "image/heic": "heic",
  "image/heif": "heif",
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/t38": "t38",
  "image/tiff": "tiff tif",
  "image/tiff-fx": "tfx",
  "image/vnd.microsoft.icon": "ico",
  "image/webp": "webp",
  "image/wmf": "wmf",
  "image/x-cmu-raster": "ras",
  "image/x-portable-anymap": "pnm",
  "image/x-portable-bitmap": "pbm",
  "image/x-portable-graymap": "pgm",
  "image/x-portable-pixmap": "ppm",
  "image/x-rgb": "rgb",
  "image/x-xbitmap": "xbm",
  "image/x-xpixmap": "xpm",
  "image/x-xwindowdump": "xwd",
  "message/rfc822": "eml mht mhtml nws",
  "model/gltf+json": "gltf",
  "model/gltf-binary": "glb",
  "model/stl": "stl",
  "text/css": "css",
  "text/csv": "csv",
  "text/html": "html htm",
  "text/markdown": "md markdown",
  "text/n3": "n3",
  "text/plain": "txt bat c h ksh pl srt",
  "text/richtext": "rtx",
  "text/rtf": "rtf",
  "text/tab-separated-values": "tsv",
  "text/vtt": "vtt",
  "text/x-python": "py",
  "text/x-rst": "rst",
  "text/x-setext": "etx",
  "text/x-sgml": "sgm sgml",
  "text/x-vcard": "vcf",
  "text/xml": "xml",
  "video/matroska": "mkv",
  "video/matroska-3d": "mk3d",
  "video/mp4": "mp4",
  "video/mpeg": "mpeg m1v mpa mpe mpg",
  "video/ogg": "ogv",
  "video/quicktime": "mov qt",
  "video/webm": "webm",
  "video/vnd.avi": "avi",
  "video/x-m4v": "m4v",
  "video/x-ms-wmv": "wmv",
  "video/x-sgi-movie": "movie"
};
var TYPES = new Map(
  Object.entries(ENDINGS_OF).flatMap(([type, endings]) => endings.split(" ").map((ending) => [\`.\${ending}\`, type]))
);

// src/guest/working-folder.ts
var WORKING_FOLDER = "/mnt/data";
var MOST_FILES = 2e4;
var FileFailure = class _FileFailure extends Error {
  name = "FileFailure";
  code;
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
  /** Any error of a file operation as one. */
  static of(error) {
    if (error instanceof _FileFailure) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new _FileFailure(error instanceof CallError && FULL.has(error.code) ? "too_large" : "internal", message, { cause: error });
  }
};
var FULL = /* @__PURE__ */ new Set(["ENOSPC", "EFBIG"]);
function openWorkingFolder(fileSystem, { sha256 }) {
  function* read2(path) {
    const place = placeOf(path);
    const size = fileSystem.fileSize(place);
    if (size === void 0) throw new FileFailure("not_found", \`there is no file \${JSON.stringify(path)}\`);
    for (let position = 0; position < size; ) {
      const piece = new Uint8Array(Math.min(MOST_CONTENT_BYTES, size - position));
      const count = fileSystem.readFile(place, position, piece);
      if (count === 0) return;
      position += count;
      yield piece.subarray(0, count);
    }
  }
  function hashOf(path) {
    const hash = sha256();
    for (const piece of read2(path)) hash.update(piece);
    return hash.hex();
  }
  return {
    begin: () => fileSystem.createFile(),
    place(writer2, paths) {
      for (const path of paths) writer2.place(placeOf(path));
    },
    read: read2,
    remove: (path) => fileSystem.removeFile(placeOf(path)),
    list: () => fileSystem.listFiles(WORKING_FOLDER).slice(0, MOST_FILES),
    changes() {
      const changed = fileSystem.takeChanges(WORKING_FOLDER);
      const files = changed.slice(0, MOST_FILES).map(({ path, change, size }) => {
        if (change === "deleted") return { path, change, size: 0 };
        const mimeType = mimeTypeOf(path);
        return { path, change, size, sha256: hashOf(path), ...mimeType === void 0 ? {} : { mimeType } };
      });
      return { files, dropped: changed.length - files.length };
    }
  };
}
function placeOf(path) {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const isInside2 = parts.length > 0 && !parts.includes("..") && !path.startsWith("/") && !path.includes("\\0");
  if (isInside2) return \`\${WORKING_FOLDER}/\${parts.join("/")}\`;
  throw new FileFailure("internal", \`\${JSON.stringify(path)} is no path in the working folder\`);
}

// src/guest/file-requests.ts
var PAGE_FILES = 1e3;
function serveFiles(port2, folder) {
  const puttings = /* @__PURE__ */ new Map();
  function attempt2(ask, work) {
    try {
      work();
      return true;
    } catch (error) {
      const { code, message } = FileFailure.of(error);
      port2.send({ type: "failed", ask, code, message });
      return false;
    }
  }
  function take(ask, putting, content) {
    putting.left -= content.length;
    const { writer: writer2, paths, left } = putting;
    if (left <= 0) puttings.delete(ask);
    if (writer2 === void 0) return;
    const isTaken = attempt2(ask, () => {
      writer2.write(content);
      if (left > 0) return;
      folder().place(writer2, paths);
      port2.send({ type: "done", ask });
    });
    if (isTaken) return;
    writer2.discard();
    putting.writer = void 0;
  }
  function page(ask, files) {
    for (let start2 = 0; start2 < files.length; start2 += PAGE_FILES) {
      port2.send({ type: "listed", ask, files: files.slice(start2, start2 + PAGE_FILES) });
    }
  }
  return {
    serve(request, content) {
      const { ask } = request;
      switch (request.type) {
        case "put": {
          const putting = { writer: folder().begin(), paths: request.paths, left: request.size };
          puttings.set(ask, putting);
          if (request.size === 0) take(ask, putting, content);
          return;
        }
        case "piece": {
          const putting = puttings.get(ask);
          if (putting !== void 0) take(ask, putting, content);
          return;
        }
        case "read":
          attempt2(ask, () => {
            for (const piece of folder().read(request.path)) port2.send({ type: "piece", ask }, piece);
            port2.send({ type: "done", ask });
          });
          return;
        case "remove":
          attempt2(ask, () => {
            folder().remove(request.path);
            port2.send({ type: "done", ask });
          });
          return;
        case "list":
          attempt2(ask, () => {
            page(ask, folder().list());
            port2.send({ type: "done", ask });
          });
      }
    },
    clear: () => puttings.clear()
  };
}

// src/guest/guest-port.ts
var ParentGone = class extends Error {
  name = "ParentGone";
};

// src/packages/archive.ts
var import_node_zlib = require("node:zlib");

// src/packages/package-error.ts
var PackageError = class extends Error {
  name = "PackageError";
};

// src/packages/archive.ts
function listArchive(archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = endOfDirectory(view);
  const files = [];
  let position = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (position + ENTRY_BYTES > end || view.getUint32(position, true) !== ENTRY) throw new PackageError("its directory is damaged");
    const nameBytes = view.getUint16(position + 28, true);
    const name = archive.subarray(position + ENTRY_BYTES, position + ENTRY_BYTES + nameBytes);
    const file = archivedFile(archive, view, position, new TextDecoder().decode(name));
    if (!file.path.endsWith("/")) files.push(file);
    position += ENTRY_BYTES + nameBytes + view.getUint16(position + 30, true) + view.getUint16(position + 32, true);
  }
  return files;
}
function archivedFile(archive, view, entry, path) {
  const method = view.getUint16(entry + 10, true);
  const packedSize = view.getUint32(entry + 20, true);
  const size = view.getUint32(entry + 24, true);
  const header = view.getUint32(entry + 42, true);
  if ((view.getUint16(entry + 8, true) & ENCRYPTED) !== 0 || method !== STORED && method !== DEFLATED) {
    throw new PackageError(\`\${path} in it is packed in a way that cannot be read\`);
  }
  if (header + HEADER_BYTES2 > archive.length || view.getUint32(header, true) !== HEADER)
    throw new PackageError(\`\${path} in it is not there\`);
  const start2 = header + HEADER_BYTES2 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  if (start2 + packedSize > archive.length) throw new PackageError(\`\${path} in it is cut off\`);
  const packed = archive.subarray(start2, start2 + packedSize);
  return { path, size, read: () => method === STORED ? stored(path, packed, size) : inflated(path, packed, size) };
}
function stored(path, packed, size) {
  if (packed.length !== size) throw new PackageError(\`\${path} in it is damaged\`);
  return packed;
}
function inflated(path, packed, size) {
  try {
    const bytes = size === 0 ? new Uint8Array() : (0, import_node_zlib.inflateRawSync)(packed, { maxOutputLength: size });
    if (bytes.length === size) return bytes;
  } catch (cause) {
    throw new PackageError(\`\${path} in it is damaged\`, { cause });
  }
  throw new PackageError(\`\${path} in it is damaged\`);
}
function endOfDirectory(view) {
  for (let position = view.byteLength - END_BYTES; position >= Math.max(0, view.byteLength - END_BYTES - 65535); position -= 1) {
    if (view.getUint32(position, true) !== END) continue;
    if (view.getUint32(position + 16, true) === 4294967295) throw new PackageError("it is an archive of the 64-bit kind");
    return position;
  }
  throw new PackageError("it is no archive");
}
var END = 101010256;
var END_BYTES = 22;
var ENTRY = 33639248;
var ENTRY_BYTES = 46;
var HEADER = 67324752;
var HEADER_BYTES2 = 30;
var ENCRYPTED = 1;
var STORED = 0;
var DEFLATED = 8;

// src/packages/package-files.ts
function packageFiles(archive, folder) {
  const files = listArchive(archive);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > MOST_BYTES2 || files.length > MOST_FILES2)
    throw new PackageError(\`it has \${files.length} files of \${size} bytes, which is too much\`);
  return files.flatMap((file) => {
    const parts = file.path.split("/");
    if (file.path.includes("\\\\") || file.path.includes("\\0") || parts.some((part) => part === "" || part === "." || part === "..")) {
      throw new PackageError(\`\${JSON.stringify(file.path)} in it would lie outside of its folder\`);
    }
    const path = folder === "dynlib" ? libraryPath(parts) : wheelPath(parts);
    return path === void 0 ? [] : [{ path: \`\${FOLDERS2[folder]}/\${path}\`, size: file.size, read: file.read }];
  });
}
function isLibrary(path) {
  return /\\.so(\\.[\\d.]+)?$/.test(path);
}
function libraryPath(parts) {
  const name = parts.at(-1) ?? "";
  return isLibrary(name) ? name : void 0;
}
function wheelPath(parts) {
  if (parts[0]?.endsWith(".data") !== true) return parts.join("/");
  return parts[1] === "purelib" || parts[1] === "platlib" ? parts.slice(2).join("/") : void 0;
}
var SITE_FOLDER = "/lib/python3.14/site-packages";
var FOLDERS2 = { site: SITE_FOLDER, dynlib: "/usr/lib", stdlib: "/lib/python3.14" };
var MOST_BYTES2 = 512 * 2 ** 20;
var MOST_FILES2 = 2e4;

// src/guest/recently-read.ts
function recentlyRead(mostBytes, read2) {
  const kept = /* @__PURE__ */ new Map();
  let keptBytes = 0;
  return (key) => {
    const present = kept.get(key);
    const bytes = present ?? read2(key);
    kept.delete(key);
    kept.set(key, bytes);
    if (present !== void 0) return bytes;
    keptBytes += bytes.length;
    for (const [oldest, { length }] of kept) {
      if (keptBytes <= mostBytes || oldest === key) break;
      kept.delete(oldest);
      keptBytes -= length;
    }
    return bytes;
  };
}

// src/guest/package-requests.ts
var UNPACKED_BYTES = 16 * 2 ** 20;
function servePackages(port2, { sha256 }, fileSystem) {
  const receiving = /* @__PURE__ */ new Map();
  const libraries = /* @__PURE__ */ new Set();
  const unpack = recentlyRead(UNPACKED_BYTES, (file) => file.read());
  function attempt2(ask, work) {
    try {
      work();
      port2.send({ type: "done", ask });
    } catch (error) {
      port2.send({ type: "failed", ask, code: "internal", message: FileFailure.of(error).message });
    }
  }
  function install({ folder, libraries: hashes }, archive) {
    for (const hash of hashes) libraries.add(hash);
    for (const file of packageFiles(archive, folder)) {
      const { path, size } = file;
      fileSystem().mountFile(path, {
        size,
        read: (target, position) => target.set(unpack(file).subarray(position, position + target.length))
      });
    }
  }
  function refuse(reasons) {
    for (const [module2, reason] of Object.entries(reasons)) {
      const text = new TextEncoder().encode(\`raise ImportError(\${JSON.stringify(reason)}, name=__name__)
\`);
      const read2 = (target, position) => target.set(text.subarray(position, position + target.length));
      fileSystem().mountFile(\`\${SITE_FOLDER}/\${module2}.py\`, { size: text.length, read: read2 });
    }
  }
  return {
    serve(request) {
      if (request.type === "install") receiving.set(request.ask, { request, archive: new Uint8Array(request.size), filled: 0 });
      else attempt2(request.ask, () => refuse(request.reasons));
    },
    take(ask, content) {
      const found = receiving.get(ask);
      if (found === void 0) return false;
      found.archive.set(content, found.filled);
      found.filled += content.length;
      if (found.filled === found.archive.length) {
        receiving.delete(ask);
        attempt2(ask, () => install(found.request, found.archive));
      }
      return true;
    },
    isAllowed(library) {
      const hash = sha256();
      hash.update(library);
      return libraries.has(hash.hex());
    },
    clear() {
      receiving.clear();
      libraries.clear();
    }
  };
}

// src/guest/loop.ts
var ENVIRONMENT = { HOME: "/home/user", LANG: "C.UTF-8", PATH: "/usr/bin", TMPDIR: "/tmp", TZ: "UTC" };
var PAGE_FILES2 = 1e3;
function runGuest({ port: port2, system: system2, wishes, openInterpreter: openInterpreter2 }) {
  let execution;
  let memoryLimit = wishes.limits.memoryBytes;
  const channel = createPythonChannel(hear, waitForAnswer);
  const files = serveFiles(port2, () => folder);
  const packages = servePackages(port2, system2, () => interpreter.host.fileSystem);
  const interpreter = openInterpreter2(
    {
      environment: ENVIRONMENT,
      get maxMemoryBytes() {
        return memoryLimit;
      },
      clock: system2,
      randomFill: system2.randomFill,
      wait(ms) {
        execution?.flush();
        system2.wait(ms);
      },
      dueSignal: () => execution?.dueSignal() ?? 0,
      isLibraryAllowed: packages.isAllowed
    },
    prepare
  );
  let folder = openWorkingFolder(interpreter.host.fileSystem, system2);
  startPython();
  if (wishes.isRehearsed) rehearse();
  port2.send({ type: "ready", memoryBytes: interpreter.host.memoryBytes() });
  let isOver = false;
  while (!isOver) handle(port2.receive());
  function prepare(fileSystem) {
    for (const path of [WORKING_FOLDER, "/home/user", "/tmp"]) fileSystem.makeFolder(path);
    fileSystem.setWorkingFolder(WORKING_FOLDER);
    fileSystem.setDevice(0, { read: () => 0 });
    fileSystem.setDevice(1, { write: (bytes) => execution?.write("stdout", bytes) });
    fileSystem.setDevice(2, { write: (bytes) => execution?.write("stderr", bytes) });
    fileSystem.setDevice(3, channel.device);
  }
  function startPython() {
    channel.lay({ type: "start", folder: WORKING_FOLDER, environment: ENVIRONMENT });
    if (!interpreter.host.run(TICK)) throw new Error("the interpreter did not start");
    folder.changes();
  }
  function rehearse() {
    const muted = { ...port2, receiveWithin: () => void 0, send: () => {
    } };
    for (const [index, code] of REHEARSAL.entries()) {
      const number = index + 1;
      execution = beginExecution(number, REHEARSAL_LIMITS, { port: muted, system: system2, memoryBytes: () => 0, serve: () => {
      } });
      channel.lay({ type: "execute", number, code, displayBytes: REHEARSAL_LIMITS.displayBytes, toolCalls: 0 });
      const lost = runProgram(interpreter.host);
      execution = void 0;
      if (lost !== void 0) throw new Error(\`the interpreter failed in its rehearsal: \${lost.detail}\`);
    }
    refresh();
  }
  function hear(message) {
    if (execution !== void 0) execution.hear(message);
    else if (message["type"] !== "ready") throw new ChannelBroken("a message came while no program ran");
  }
  function waitForAnswer(ms) {
    if (execution === void 0) return;
    if (ms === 0) {
      serve();
      return;
    }
    const end = ms < 0 ? Number.POSITIVE_INFINITY : system2.now() + ms;
    const resume = execution.pause();
    while (!execution.isDue() && !channel.isReadable) {
      const left = Math.min(end - system2.now(), execution.patience());
      if (left <= 0) break;
      const frame = left === Number.POSITIVE_INFINITY ? port2.receive() : port2.receiveWithin(left);
      if (frame !== void 0) handle(frame);
    }
    resume();
  }
  function serve() {
    for (let frame = port2.receiveWithin(0); frame !== void 0; frame = port2.receiveWithin(0)) handle(frame);
  }
  function handle({ header, content }) {
    const request = header;
    switch (request.type) {
      case "execute":
        execute(request);
        return;
      case "answer":
        answer2(request);
        return;
      case "reset":
        reset(request.ask);
        return;
      case "install":
      case "refuse":
        packages.serve(request);
        return;
      case "piece":
        if (!packages.take(request.ask, content)) files.serve(request, content);
        return;
      case "put":
      case "read":
      case "remove":
      case "list":
        files.serve(request, content);
        return;
      case "start":
      case "stop":
      // whoever waits looks after each frame
      case "woken":
        return;
    }
  }
  function answer2({ number, id, value, error }) {
    if (execution?.number === number && execution.closeCall(id)) channel.lay({ type: "answer", id, value, error });
  }
  function execute({ number, code, limits }) {
    const { host } = interpreter;
    memoryLimit = Math.max(limits.memoryBytes, host.memoryBytes());
    host.isOutOfMemory = false;
    const running = beginExecution(number, limits, { port: port2, system: system2, memoryBytes: () => host.memoryBytes(), serve });
    execution = running;
    channel.lay({ type: "execute", number, code, displayBytes: limits.displayBytes, toolCalls: limits.toolCalls });
    const lost = runProgram(host);
    execution = void 0;
    memoryLimit = Math.max(limits.memoryBytes, host.memoryBytes());
    isOver = lost !== void 0;
    const changes = isOver ? { files: [], dropped: 0 } : folder.changes();
    for (let start2 = 0; start2 < changes.files.length; start2 += PAGE_FILES2) {
      port2.send({ type: "files", number, files: changes.files.slice(start2, start2 + PAGE_FILES2) });
    }
    port2.send({ type: "ended", number, ran: running.finish({ lost, droppedFiles: changes.dropped }) });
  }
  function reset(ask) {
    refresh();
    port2.send({ type: "done", ask });
  }
  function refresh() {
    channel.clear();
    files.clear();
    packages.clear();
    interpreter.reset();
    folder = openWorkingFolder(interpreter.host.fileSystem, system2);
    startPython();
  }
}
var REHEARSAL = [
  \`print(1)\`,
  \`import json, math
with open('rehearsal.txt', 'w') as file:
    file.write(json.dumps({'a': [math.sqrt(2), 'b']}))
[line for line in open('rehearsal.txt')]\`,
  \`def fail(number):
    return number / 0
fail(1)\`
];
var REHEARSAL_LIMITS = {
  wallMs: 6e4,
  memoryBytes: 2 ** 32,
  outputBytes: 2 ** 16,
  outputHardBytes: 2 ** 16,
  displayBytes: 2 ** 16,
  toolCalls: 0
};
var TICK = "tick()";
function runProgram(host) {
  try {
    return host.run(TICK) ? void 0 : { reason: "crashed", detail: "the runtime of the interpreter failed" };
  } catch (error) {
    if (error instanceof ParentGone) throw error;
    return whatEnded(error, host.isOutOfMemory);
  }
}
function whatEnded(error, isOutOfMemory) {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof SandboxViolation) return { reason: "violation", detail };
  if (error instanceof GuestExit || error instanceof ChannelBroken) return { reason: "crashed", detail };
  if (isOutOfMemory) return { reason: "memory", detail: "the interpreter ran out of memory" };
  if (error instanceof GuestAbort) return { reason: "crashed", detail };
  if (error instanceof RangeError) return { reason: "crashed", detail: "the stack of the interpreter ran over" };
  return { reason: "crashed", detail: \`the interpreter stopped at a fault: \${detail}\` };
}

// src/guest/node-system.ts
var import_node_crypto = require("node:crypto");
function nodeSystem(cpuMs, wait2) {
  return {
    now: () => performance.now(),
    date: () => Date.now(),
    cpuMs,
    wait: wait2,
    randomFill(target) {
      (0, import_node_crypto.randomFillSync)(target);
    },
    sha256() {
      const hash = (0, import_node_crypto.createHash)("sha256");
      return {
        update(bytes) {
          hash.update(bytes);
        },
        hex: () => hash.digest("hex")
      };
    }
  };
}

// src/guest/thread-port.ts
var import_node_worker_threads = require("node:worker_threads");
var SLOT = { stop: 0, sent: 1 };
function openThreadPort(channel, control2, nonce2) {
  let received = 0;
  function take() {
    const taken = (0, import_node_worker_threads.receiveMessageOnPort)(channel);
    if (taken === void 0) return void 0;
    received = received + 1 | 0;
    return taken.message;
  }
  function receiveBefore(end) {
    for (; ; ) {
      const seen = Atomics.load(control2, SLOT.sent);
      const frame = take();
      if (frame !== void 0) return frame;
      const left = end - performance.now();
      if (left <= 0) return void 0;
      Atomics.wait(control2, SLOT.sent, seen, left);
    }
  }
  const port2 = {
    receive() {
      for (; ; ) {
        const frame = receiveBefore(Number.POSITIVE_INFINITY);
        if (frame !== void 0) return frame;
      }
    },
    receiveWithin: (ms) => receiveBefore(performance.now() + ms),
    send(message, content = EMPTY) {
      const header = encodeFrame(nonce2, message, content.length);
      const bytes = new Uint8Array(header.length + content.length);
      bytes.set(header);
      bytes.set(content, header.length);
      channel.postMessage(bytes, [bytes.buffer]);
    },
    stopNumber: () => Atomics.load(control2, SLOT.stop)
  };
  return {
    port: port2,
    wait(ms) {
      Atomics.wait(control2, SLOT.sent, received, ms);
    }
  };
}
var EMPTY = new Uint8Array();

// src/guest/thread-entry.ts
var { control, nonce, start } = import_node_worker_threads2.workerData;
if (import_node_worker_threads2.parentPort === null) throw new Error("a guest of this kind is a thread");
var { port, wait } = openThreadPort(import_node_worker_threads2.parentPort, control, nonce);
var system = nodeSystem(() => {
  const usage = process.threadCpuUsage?.();
  return usage === void 0 ? 0 : (usage.user + usage.system) / 1e3;
}, wait);
runGuest({ port, system, wishes: start, openInterpreter: (options, prepare) => openInterpreter(start, options, prepare) });
process.exit();
`
