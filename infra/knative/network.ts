// A node and its pods as network namespaces: Knative's programs listen on fixed ports of all addresses, as they may in
// a pod. Pods hang on a bridge in a namespace of its own, so that no firewall of this machine sits between them; this
// machine has the network's first addresses.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Guard, startGuard } from './guard.ts';

const run = promisify(execFile);

/** A network namespace with an address, where the programs of one pod run. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
}

/** Range that is set aside for tests of networks (RFC 2544); a run takes 256 of it. */
const RANGE = '198.18';
const FIRST_SERVICE = 2;
const FIRST_POD = 100;

/** The network of one run. All of it goes with this process, however that ends. */
export class Network implements AsyncDisposable {
  /** Folder of this run: the pods' hosts file, logs and credentials. */
  readonly folder: string;
  /** This machine's own address in it. */
  readonly gateway: string;
  readonly #prefix: string;
  readonly #subnet: string;
  readonly #guard: Guard;
  #services = 0;
  #pods = 0;

  private constructor(folder: string, place: { prefix: string; subnet: string; guard: Guard }) {
    this.folder = folder;
    this.#prefix = place.prefix;
    this.#subnet = place.subnet;
    this.#guard = place.guard;
    this.gateway = `${place.subnet}.1`;
  }

  /** Makes the node. Throws an error that says what is missing where network namespaces are not permitted. */
  static async open(): Promise<Network> {
    // An interface's name has 15 characters at most.
    const prefix = `kn${randomBytes(4).toString('hex')}`;
    const folder = await mkdtemp(join(tmpdir(), 'webapp-knative-'));
    const guard = startGuard(prefix, folder);
    const network = new Network(folder, { prefix, subnet: freeSubnet(), guard });
    try {
      await writeFile(network.#hosts, '127.0.0.1 localhost\n');
      await network.#makeNode();
      return network;
    } catch (error) {
      await guard.clear();
      throw error;
    }
  }

  get #node(): string {
    return `${this.#prefix}-node`;
  }

  get #hosts(): string {
    return join(this.folder, 'hosts');
  }

  async #makeNode(): Promise<void> {
    await run('ip', ['netns', 'add', this.#node]).catch((cause: { stderr?: string }) => {
      throw new Error(notPermitted(cause.stderr), { cause });
    });
    const node = ipIn(this.#node);
    await ip(`link add ${this.#prefix} type veth peer name up0 netns ${this.#node}`);
    await ip(`addr add ${this.gateway}/24 dev ${this.#prefix}`);
    await ip(`link set ${this.#prefix} up`);
    await node('link add br0 type bridge');
    for (const name of ['lo', 'br0', 'up0']) await node(`link set ${name} up`);
    await node('link set up0 master br0');
  }

  /** Adds a pod that reaches all the others, and this machine at the gateway. */
  async addPod(name: string): Promise<Pod> {
    const at = this.#pods++;
    const namespace = `${this.#prefix}-${name}`;
    const address = `${this.#subnet}.${FIRST_POD + at}`;
    await this.#nameHosts(namespace);
    await ip(`netns add ${namespace}`);
    const [node, pod] = [ipIn(this.#node), ipIn(namespace)];
    await node(`link add p${at} type veth peer name eth0 netns ${namespace}`);
    await node(`link set p${at} master br0 up`);
    await pod(`addr add ${address}/24 dev eth0`);
    for (const name of ['lo', 'eth0']) await pod(`link set ${name} up`);
    await pod(`route add default via ${this.gateway}`);
    return { name, namespace, address };
  }

  /** `ip netns exec` puts the files of this folder in the place of those in /etc. */
  async #nameHosts(namespace: string): Promise<void> {
    const folder = join('/etc/netns', namespace);
    await mkdir(folder, { recursive: true });
    await symlink(this.#hosts, join(folder, 'hosts'));
  }

  /** Returns one more address of this machine, which pods know by these names. */
  async addService(...names: string[]): Promise<string> {
    const address = `${this.#subnet}.${FIRST_SERVICE + this.#services++}`;
    await this.addAddress(address);
    await appendFile(this.#hosts, `${address} ${names.join(' ')}\n`);
    return address;
  }

  /** Gives this machine an address, such as the IP of a Service that the API server calls. */
  async addAddress(address: string): Promise<void> {
    await ip(`addr add ${address}/32 dev ${this.#prefix}`);
  }

  /** Ends all that runs in it and takes it away. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#guard.clear();
  }
}

function freeSubnet(): string {
  const taken = Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .map(({ address }) => address);
  for (;;) {
    const subnet = `${RANGE}.${randomBytes(1)[0]}`;
    if (!taken.some((address) => address.startsWith(`${subnet}.`))) return subnet;
  }
}

function ip(command: string): Promise<unknown> {
  return run('ip', command.split(' '));
}

function ipIn(namespace: string) {
  return (command: string) => run('ip', ['-n', namespace, ...command.split(' ')]);
}

function notPermitted(reason = ''): string {
  return `network namespaces cannot be made here, and Knative's programs need them: run as root with CAP_NET_ADMIN and CAP_SYS_ADMIN, with iproute2 installed (ip netns add said: ${reason.trim()})`;
}
