// Opens a network with a pod in it, says where, and waits to be killed.
import { Network } from '../../infra/knative/network.ts';
import { PodProcess } from '../../infra/knative/process.ts';

const network = await Network.open();
const pod = await network.addPod('a');
const logFile = `${network.folder}/a.log`;
await new PodProcess(pod, { name: 'a', file: 'sleep', args: ['600'], env: {}, logFile }).start();
process.send?.({ folder: network.folder, namespace: pod.namespace });
setInterval(() => {}, 60_000);
