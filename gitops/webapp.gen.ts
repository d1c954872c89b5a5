// Generated from infra/crd by `npm run generate`. Do not edit.

/**
 * What should run.
 */
export interface WebAppSpec {
  /**
   * How many pods should run. Ignored while autoscaling is set. Leave it out of Git when an autoscaler of your own scales the WebApp.
   */
  replicas: number;
  /**
   * Container image reference, such as nginx:1.27 or ghcr.io/acme/shop@sha256:...
   */
  image: string;
  /**
   * Port the container listens on. The Service listens on the same port unless service.port says otherwise.
   */
  port: number;
  /**
   * Environment variables of the container.
   *
   * Items: One variable; its value is given or taken from a Secret or ConfigMap of the same namespace.
   */
  env?: {
    /**
     * Name of the variable.
     */
    name: string;
    /**
     * Literal value. Secrets do not belong here; use valueFrom.
     */
    value?: string;
    /**
     * Where the value comes from; exactly one source.
     */
    valueFrom?: {
      /**
       * A key of a Secret or ConfigMap in the same namespace.
       */
      secretKeyRef?: {
        /**
         * Name of the Secret or ConfigMap.
         */
        name: string;
        /**
         * Key within it.
         */
        key: string;
        /**
         * Start the pod even when the object or key is missing.
         */
        optional?: boolean;
      };
      /**
       * A key of a Secret or ConfigMap in the same namespace.
       */
      configMapKeyRef?: {
        /**
         * Name of the Secret or ConfigMap.
         */
        name: string;
        /**
         * Key within it.
         */
        key: string;
        /**
         * Start the pod even when the object or key is missing.
         */
        optional?: boolean;
      };
    };
  }[];
  /**
   * CPU and memory of the container.
   */
  resources?: {
    /**
     * Quantities by resource name, such as cpu 100m or memory 128Mi.
     */
    requests?: {
      [k: string]: number | string;
    };
    /**
     * Quantities by resource name, such as cpu 100m or memory 128Mi.
     */
    limits?: {
      [k: string]: number | string;
    };
  };
  /**
   * HTTP check of the container. It becomes its startup, readiness and liveness probe.
   */
  probe?: {
    /**
     * Path that answers 200 to 399 while the application is well, such as /healthz.
     */
    path: string;
    /**
     * Seconds between two checks.
     */
    periodSeconds: number;
    /**
     * Seconds after which a check counts as failed.
     */
    timeoutSeconds: number;
  };
  /**
   * Host name under which an Ingress publishes the Service. No host, no Ingress.
   */
  host?: string;
  /**
   * Class of the Ingress; the cluster's default class when left out.
   */
  ingressClassName?: string;
  /**
   * Secret with the certificate for host; no TLS section when left out.
   */
  tlsSecretName?: string;
  /**
   * Scales the Deployment by CPU through a HorizontalPodAutoscaler, which then alone decides the replicas.
   */
  autoscaling?: {
    /**
     * Fewest pods.
     */
    minReplicas: number;
    /**
     * Most pods.
     */
    maxReplicas: number;
    /**
     * Average CPU use to aim for, in percent of the CPU request.
     */
    cpuPercent: number;
  };
  /**
   * How the Service is exposed.
   */
  service?: {
    /**
     * Type of the Service.
     */
    type: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
    /**
     * Port the Service listens on; spec.port when left out.
     */
    port?: number;
  };
  /**
   * baseline runs ordinary images (default seccomp profile, no privilege escalation, no token). restricted also requires a non-root user and drops all capabilities, as the restricted Pod Security Standard asks.
   */
  securityProfile: 'baseline' | 'restricted';
  /**
   * What becomes of its Deployment, Service and other children when this WebApp is deleted. Orphan takes their owner reference away, once a visit has seen it, and they run on.
   */
  deletionPolicy: 'Delete' | 'Orphan';
  /**
   * Leaves the children as they are until it is false again.
   */
  suspend: boolean;
}

/**
 * What is known of it; written by the reconciler alone.
 */
export interface WebAppStatus {
  /**
   * The metadata.generation this status speaks of; -1 before the first visit.
   */
  observedGeneration?: number;
  /**
   * One word for people. Scripts should read conditions.
   */
  phase?: string;
  /**
   * Pods that exist.
   */
  replicas?: number;
  /**
   * Pods that are ready.
   */
  readyReplicas?: number;
  /**
   * Label selector of the pods, for kubectl scale and autoscalers.
   */
  selector?: string;
  /**
   * What the policies said of it last, before its children were written.
   */
  policy?: {
    /**
     * allowed, warned or denied; unknown when nobody could judge.
     */
    verdict?: 'allowed' | 'warned' | 'denied' | 'unknown';
    /**
     * SHA-256 of the repository's policies that judged, as in the status of the WebAppSource; absent where it has none.
     */
    policiesDigest?: string;
    /**
     * SHA-256 of the cluster's own policies that were asked with them; absent where there were none.
     */
    clusterPoliciesDigest?: string;
    /**
     * SHA-256 of the WebApp as it was judged, without its status and what the API server adds.
     */
    objectDigest?: string;
  };
  /**
   * Commit that the running spec came from, as branch@sha1:commit; empty when it did not come from Git.
   */
  lastAppliedRevision?: string;
  /**
   * Commit that was looked at last, where what runs is not of it, because it failed or the WebApp is suspended.
   */
  lastAttemptedRevision?: string;
  /**
   * Value of the annotation webapps.example.com/requestedAt that was handled last.
   */
  lastHandledReconcileAt?: string;
  /**
   * When it was Ready for the first time.
   */
  firstReadyAt?: string;
  /**
   * Ready sums up. Reconciling and Stalled are present only while they are True.
   *
   * Items: One aspect of the state.
   */
  conditions?: {
    /**
     * Name of the aspect.
     */
    type: string;
    /**
     * Whether it holds.
     */
    status: 'True' | 'False' | 'Unknown';
    /**
     * The metadata.generation it speaks of.
     */
    observedGeneration?: number;
    /**
     * When status last changed.
     */
    lastTransitionTime: string;
    /**
     * One CamelCase word for scripts.
     */
    reason: string;
    /**
     * A sentence for people.
     */
    message: string;
  }[];
}

/**
 * Which repository, and how it is applied.
 */
export interface WebAppSourceSpec {
  /**
   * Address of the repository over HTTP or HTTPS, without credentials in it.
   */
  url: string;
  /**
   * Branch whose head is applied.
   */
  branch: string;
  /**
   * Folder of the repository; files outside it are not read. The whole repository when left out.
   */
  path: string;
  /**
   * Secret of the same namespace with username and password (or a token as password) for the repository.
   */
  secretRef?: {
    /**
     * Name of the Secret.
     */
    name: string;
  };
  /**
   * ServiceAccount of the same namespace with whose rights WebApps are written and deleted. The functions must be allowed to impersonate it. By default the functions' own rights are used, or those of the account that they are told.
   */
  serviceAccountName?: string;
  /**
   * ValidatingAdmissionPolicies of the same repository, which judge its WebApps before anything is applied.
   */
  policies?: {
    /**
     * Folder or file of the repository with policies, bindings, parameters and waivers.
     */
    path: string;
    /**
     * Puts them into the cluster too, as native objects confined to this namespace. Needs the ClusterRoles webapp-policy-sync and webapp-policy-params-sync.
     */
    apply: boolean;
  };
  /**
   * Reviews pull requests against the branch; the webhook of the repository must tell of them.
   */
  review?: {
    /**
     * Which API the repository's server speaks.
     */
    forge: 'github' | 'gitlab' | 'gitea';
    /**
     * Address of the API where it is not at the forge's usual place.
     */
    apiURL?: string;
    /**
     * Secret of the same namespace whose key password is an access token that may comment and set statuses; secretRef of the source unless given.
     */
    secretRef?: {
      /**
       * Name of the Secret.
       */
      name: string;
    };
  };
  /**
   * Applies a commit only when one of these keys signed it.
   */
  verify?: {
    /**
     * Whether the head of the branch must be signed, or every commit since the one applied last.
     */
    mode: 'head' | 'history';
    /**
     * Public SSH keys, each as a line of authorized_keys.
     */
    sshKeys?: string[];
    /**
     * Armored public keys of OpenPGP.
     */
    pgpKeys?: string[];
  };
  /**
   * How often the branch is looked at even when no push was heard of, such as 5m; at least 10s.
   */
  interval: string;
  /**
   * Deletes a WebApp of this source once no file names it any more. A WebApp with the annotation webapps.example.com/prune=disabled is kept.
   */
  prune: boolean;
  /**
   * Holds a prune of more than count WebApps that are also more than percent of all the source has made, or of all that it has while no file names another; the rest of the commit is applied. percent 100 allows every prune.
   */
  pruneLimit: {
    /**
     * WebApps that may always be pruned at once.
     */
    count: number;
    /**
     * Share of the inventory that may always be pruned at once.
     */
    percent: number;
  };
  /**
   * What becomes of its WebApps when this source is deleted. Delete puts an owner reference on them; Orphan leaves them as they are.
   */
  deletionPolicy: 'Delete' | 'Orphan';
  /**
   * Applies nothing of a commit that has a bad file. By default the good files are applied and the bad ones are named.
   */
  atomic: boolean;
  /**
   * Stops following the repository until it is false again.
   */
  suspend: boolean;
}

/**
 * What is known of it; written by the reconciler alone.
 */
export interface WebAppSourceStatus {
  /**
   * The metadata.generation this status speaks of; -1 before the first visit.
   */
  observedGeneration?: number;
  /**
   * Commit that is being applied, as branch@sha1:commit. It stays where a sync was cut off, so that the next one compares all files.
   */
  applyingRevision?: string;
  /**
   * Commit that was tried last, as branch@sha1:commit.
   */
  lastAttemptedRevision?: string;
  /**
   * Last commit of which every file was applied, as branch@sha1:commit.
   */
  lastAppliedRevision?: string;
  /**
   * Value of the annotation webapps.example.com/requestedAt that was handled last.
   */
  lastHandledReconcileAt?: string;
  /**
   * SHA-256 of the policies that judged the last commit; absent where there were none.
   */
  policiesDigest?: string;
  /**
   * WebApps that this source has made, and the file each came from.
   *
   * Items: One WebApp.
   */
  inventory?: {
    /**
     * Name of the WebApp.
     */
    name: string;
    /**
     * File it came from, from the root of the repository.
     */
    path: string;
  }[];
  /**
   * What is wrong in the repository, at most 50 entries; the Ready condition tells how many there are.
   *
   * Items: One finding.
   */
  problems?: {
    /**
     * File, from the root of the repository.
     */
    path: string;
    /**
     * Line, counted from 1.
     */
    line: number;
    /**
     * Column in characters, counted from 1.
     */
    column: number;
    /**
     * What is wrong and what to do.
     */
    message: string;
    /**
     * A warning holds up nothing; an error where left out.
     */
    severity?: 'warning';
  }[];
  /**
   * Ready sums up. Reconciling and Stalled are present only while they are True.
   *
   * Items: One aspect of the state.
   */
  conditions?: {
    /**
     * Name of the aspect.
     */
    type: string;
    /**
     * Whether it holds.
     */
    status: 'True' | 'False' | 'Unknown';
    /**
     * The metadata.generation it speaks of.
     */
    observedGeneration?: number;
    /**
     * When status last changed.
     */
    lastTransitionTime: string;
    /**
     * One CamelCase word for scripts.
     */
    reason: string;
    /**
     * A sentence for people.
     */
    message: string;
  }[];
}

/**
 * The files as they are in Git.
 */
export interface PolicyBundleSpec {
  /**
   * Commit the files came from, as branch@sha1:commit.
   */
  revision: string;
  /**
   * SHA-256 of the policies.
   */
  digest: string;
  /**
   * The files of spec.policies.path, by path.
   *
   * Items: One file.
   */
  files: {
    /**
     * Path from the root of the repository.
     */
    path: string;
    /**
     * Its content.
     */
    text: string;
  }[];
}
