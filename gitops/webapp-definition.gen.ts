// Generated from infra/crd by `npm run generate`. Do not edit.

/** The CustomResourceDefinition of WebApp. */
export const webappDefinition: Readonly<Record<string, unknown>> = {
  "apiVersion": "apiextensions.k8s.io/v1",
  "kind": "CustomResourceDefinition",
  "metadata": {
    "name": "webapps.example.com",
    "labels": {
      "app.kubernetes.io/part-of": "webapp-operator"
    }
  },
  "spec": {
    "group": "example.com",
    "scope": "Namespaced",
    "names": {
      "kind": "WebApp",
      "listKind": "WebAppList",
      "plural": "webapps",
      "singular": "webapp",
      "shortNames": [
        "wa"
      ],
      "categories": [
        "all"
      ]
    },
    "versions": [
      {
        "name": "v1",
        "served": true,
        "storage": true,
        "subresources": {
          "status": {},
          "scale": {
            "specReplicasPath": ".spec.replicas",
            "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": ".status.selector"
          }
        },
        "additionalPrinterColumns": [
          {
            "name": "Ready",
            "type": "string",
            "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status"
          },
          {
            "name": "Phase",
            "type": "string",
            "jsonPath": ".status.phase"
          },
          {
            "name": "Desired",
            "type": "integer",
            "jsonPath": ".spec.replicas"
          },
          {
            "name": "Running",
            "type": "integer",
            "jsonPath": ".status.readyReplicas"
          },
          {
            "name": "Image",
            "type": "string",
            "jsonPath": ".spec.image"
          },
          {
            "name": "Age",
            "type": "date",
            "jsonPath": ".metadata.creationTimestamp"
          },
          {
            "name": "Message",
            "type": "string",
            "priority": 1,
            "jsonPath": ".status.conditions[?(@.type==\"Ready\")].message"
          },
          {
            "name": "Revision",
            "type": "string",
            "priority": 1,
            "jsonPath": ".status.lastAppliedRevision"
          }
        ],
        "schema": {
          "openAPIV3Schema": {
            "type": "object",
            "description": "WebApp is one web application. The reconciler keeps a Deployment and a Service of its name for it, and an Ingress and a HorizontalPodAutoscaler where the spec asks for them.",
            "required": [
              "spec"
            ],
            "x-kubernetes-validations": [
              {
                "rule": "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$')",
                "message": "the name becomes the name of a Service, so it must start with a letter, hold only lower-case letters, digits and '-', and have at most 63 characters"
              }
            ],
            "properties": {
              "apiVersion": {
                "type": "string",
                "description": "Version of this object's schema; always example.com/v1."
              },
              "kind": {
                "type": "string",
                "description": "Always WebApp."
              },
              "metadata": {
                "type": "object"
              },
              "spec": {
                "type": "object",
                "description": "What should run.",
                "required": [
                  "image"
                ],
                "x-kubernetes-validations": [
                  {
                    "rule": "!has(self.autoscaling) || has(self.resources) && has(self.resources.requests) && 'cpu' in self.resources.requests",
                    "message": "autoscaling works in percent of the CPU request, so spec.resources.requests.cpu must be set",
                    "fieldPath": ".autoscaling"
                  },
                  {
                    "rule": "!has(self.tlsSecretName) || has(self.host)",
                    "message": "tlsSecretName has no effect without host",
                    "fieldPath": ".tlsSecretName"
                  },
                  {
                    "rule": "!has(self.ingressClassName) || has(self.host)",
                    "message": "ingressClassName has no effect without host",
                    "fieldPath": ".ingressClassName"
                  }
                ],
                "properties": {
                  "replicas": {
                    "type": "integer",
                    "format": "int32",
                    "description": "How many pods should run. Ignored while autoscaling is set. Leave it out of Git when an autoscaler of your own scales the WebApp.",
                    "minimum": 0,
                    "maximum": 10000,
                    "default": 1
                  },
                  "image": {
                    "type": "string",
                    "description": "Container image reference, such as nginx:1.27 or ghcr.io/acme/shop@sha256:...",
                    "minLength": 1,
                    "maxLength": 1024,
                    "pattern": "^\\S+$"
                  },
                  "port": {
                    "type": "integer",
                    "format": "int32",
                    "description": "Port the container listens on. The Service listens on the same port unless service.port says otherwise.",
                    "minimum": 1,
                    "maximum": 65535,
                    "default": 80
                  },
                  "env": {
                    "type": "array",
                    "description": "Environment variables of the container.",
                    "maxItems": 256,
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": [
                      "name"
                    ],
                    "items": {
                      "type": "object",
                      "description": "One variable; its value is given or taken from a Secret or ConfigMap of the same namespace.",
                      "required": [
                        "name"
                      ],
                      "x-kubernetes-validations": [
                        {
                          "rule": "!(has(self.value) && has(self.valueFrom))",
                          "message": "give either value or valueFrom, not both"
                        }
                      ],
                      "properties": {
                        "name": {
                          "type": "string",
                          "description": "Name of the variable.",
                          "minLength": 1,
                          "maxLength": 256,
                          "pattern": "^[-._a-zA-Z][-._a-zA-Z0-9]*$"
                        },
                        "value": {
                          "type": "string",
                          "description": "Literal value. Secrets do not belong here; use valueFrom.",
                          "maxLength": 32768
                        },
                        "valueFrom": {
                          "type": "object",
                          "description": "Where the value comes from; exactly one source.",
                          "minProperties": 1,
                          "maxProperties": 1,
                          "properties": {
                            "secretKeyRef": {
                              "type": "object",
                              "description": "A key of a Secret or ConfigMap in the same namespace.",
                              "required": [
                                "name",
                                "key"
                              ],
                              "properties": {
                                "name": {
                                  "type": "string",
                                  "description": "Name of the Secret or ConfigMap.",
                                  "minLength": 1,
                                  "maxLength": 253
                                },
                                "key": {
                                  "type": "string",
                                  "description": "Key within it.",
                                  "minLength": 1,
                                  "maxLength": 253
                                },
                                "optional": {
                                  "type": "boolean",
                                  "description": "Start the pod even when the object or key is missing."
                                }
                              }
                            },
                            "configMapKeyRef": {
                              "type": "object",
                              "description": "A key of a Secret or ConfigMap in the same namespace.",
                              "required": [
                                "name",
                                "key"
                              ],
                              "properties": {
                                "name": {
                                  "type": "string",
                                  "description": "Name of the Secret or ConfigMap.",
                                  "minLength": 1,
                                  "maxLength": 253
                                },
                                "key": {
                                  "type": "string",
                                  "description": "Key within it.",
                                  "minLength": 1,
                                  "maxLength": 253
                                },
                                "optional": {
                                  "type": "boolean",
                                  "description": "Start the pod even when the object or key is missing."
                                }
                              }
                            }
                          }
                        }
                      }
                    }
                  },
                  "resources": {
                    "type": "object",
                    "description": "CPU and memory of the container.",
                    "properties": {
                      "requests": {
                        "type": "object",
                        "description": "Quantities by resource name, such as cpu 100m or memory 128Mi.",
                        "maxProperties": 16,
                        "additionalProperties": {
                          "x-kubernetes-int-or-string": true,
                          "anyOf": [
                            {
                              "type": "integer"
                            },
                            {
                              "type": "string"
                            }
                          ],
                          "pattern": "^\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$"
                        }
                      },
                      "limits": {
                        "type": "object",
                        "description": "Quantities by resource name, such as cpu 100m or memory 128Mi.",
                        "maxProperties": 16,
                        "additionalProperties": {
                          "x-kubernetes-int-or-string": true,
                          "anyOf": [
                            {
                              "type": "integer"
                            },
                            {
                              "type": "string"
                            }
                          ],
                          "pattern": "^\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$"
                        }
                      }
                    }
                  },
                  "probe": {
                    "type": "object",
                    "description": "HTTP check of the container. It becomes its startup, readiness and liveness probe.",
                    "required": [
                      "path"
                    ],
                    "properties": {
                      "path": {
                        "type": "string",
                        "description": "Path that answers 200 to 399 while the application is well, such as /healthz.",
                        "pattern": "^/\\S*$",
                        "maxLength": 1024
                      },
                      "periodSeconds": {
                        "type": "integer",
                        "format": "int32",
                        "description": "Seconds between two checks.",
                        "minimum": 1,
                        "maximum": 3600,
                        "default": 10
                      },
                      "timeoutSeconds": {
                        "type": "integer",
                        "format": "int32",
                        "description": "Seconds after which a check counts as failed.",
                        "minimum": 1,
                        "maximum": 3600,
                        "default": 1
                      }
                    }
                  },
                  "host": {
                    "type": "string",
                    "description": "Host name under which an Ingress publishes the Service. No host, no Ingress.",
                    "minLength": 1,
                    "maxLength": 253,
                    "pattern": "^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
                  },
                  "ingressClassName": {
                    "type": "string",
                    "description": "Class of the Ingress; the cluster's default class when left out.",
                    "minLength": 1,
                    "maxLength": 253
                  },
                  "tlsSecretName": {
                    "type": "string",
                    "description": "Secret with the certificate for host; no TLS section when left out.",
                    "minLength": 1,
                    "maxLength": 253
                  },
                  "autoscaling": {
                    "type": "object",
                    "description": "Scales the Deployment by CPU through a HorizontalPodAutoscaler, which then alone decides the replicas.",
                    "required": [
                      "maxReplicas"
                    ],
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.minReplicas <= self.maxReplicas",
                        "message": "minReplicas must not be greater than maxReplicas",
                        "fieldPath": ".minReplicas"
                      }
                    ],
                    "properties": {
                      "minReplicas": {
                        "type": "integer",
                        "format": "int32",
                        "description": "Fewest pods.",
                        "minimum": 1,
                        "maximum": 10000,
                        "default": 1
                      },
                      "maxReplicas": {
                        "type": "integer",
                        "format": "int32",
                        "description": "Most pods.",
                        "minimum": 1,
                        "maximum": 10000
                      },
                      "cpuPercent": {
                        "type": "integer",
                        "format": "int32",
                        "description": "Average CPU use to aim for, in percent of the CPU request.",
                        "minimum": 1,
                        "maximum": 1000,
                        "default": 80
                      }
                    }
                  },
                  "service": {
                    "type": "object",
                    "description": "How the Service is exposed.",
                    "properties": {
                      "type": {
                        "type": "string",
                        "description": "Type of the Service.",
                        "enum": [
                          "ClusterIP",
                          "NodePort",
                          "LoadBalancer"
                        ],
                        "default": "ClusterIP"
                      },
                      "port": {
                        "type": "integer",
                        "format": "int32",
                        "description": "Port the Service listens on; spec.port when left out.",
                        "minimum": 1,
                        "maximum": 65535
                      }
                    }
                  },
                  "securityProfile": {
                    "type": "string",
                    "description": "baseline runs ordinary images (default seccomp profile, no privilege escalation, no token). restricted also requires a non-root user and drops all capabilities, as the restricted Pod Security Standard asks.",
                    "enum": [
                      "baseline",
                      "restricted"
                    ],
                    "default": "baseline"
                  },
                  "deletionPolicy": {
                    "type": "string",
                    "description": "What becomes of its Deployment, Service and other children when this WebApp is deleted. Orphan takes their owner reference away, once a visit has seen it, and they run on.",
                    "enum": [
                      "Delete",
                      "Orphan"
                    ],
                    "default": "Delete"
                  },
                  "suspend": {
                    "type": "boolean",
                    "description": "Leaves the children as they are until it is false again.",
                    "default": false
                  }
                }
              },
              "status": {
                "type": "object",
                "description": "What is known of it; written by the reconciler alone.",
                "default": {
                  "observedGeneration": -1
                },
                "properties": {
                  "observedGeneration": {
                    "type": "integer",
                    "format": "int64",
                    "description": "The metadata.generation this status speaks of; -1 before the first visit."
                  },
                  "phase": {
                    "type": "string",
                    "description": "One word for people. Scripts should read conditions."
                  },
                  "replicas": {
                    "type": "integer",
                    "format": "int32",
                    "description": "Pods that exist."
                  },
                  "readyReplicas": {
                    "type": "integer",
                    "format": "int32",
                    "description": "Pods that are ready."
                  },
                  "selector": {
                    "type": "string",
                    "description": "Label selector of the pods, for kubectl scale and autoscalers."
                  },
                  "policy": {
                    "type": "object",
                    "description": "What the policies said of it last, before its children were written.",
                    "properties": {
                      "verdict": {
                        "type": "string",
                        "description": "allowed, warned or denied; unknown when nobody could judge.",
                        "enum": [
                          "allowed",
                          "warned",
                          "denied",
                          "unknown"
                        ]
                      },
                      "policiesDigest": {
                        "type": "string",
                        "description": "SHA-256 of the repository's policies that judged, as in the status of the WebAppSource; absent where it has none.",
                        "maxLength": 64
                      },
                      "clusterPoliciesDigest": {
                        "type": "string",
                        "description": "SHA-256 of the cluster's own policies that were asked with them; absent where there were none.",
                        "maxLength": 64
                      },
                      "objectDigest": {
                        "type": "string",
                        "description": "SHA-256 of the WebApp as it was judged, without its status and what the API server adds.",
                        "maxLength": 64
                      }
                    }
                  },
                  "lastAppliedRevision": {
                    "type": "string",
                    "description": "Commit that the running spec came from, as branch@sha1:commit; empty when it did not come from Git."
                  },
                  "lastAttemptedRevision": {
                    "type": "string",
                    "description": "Commit that was looked at last, where what runs is not of it, because it failed or the WebApp is suspended."
                  },
                  "lastHandledReconcileAt": {
                    "type": "string",
                    "description": "Value of the annotation webapps.example.com/requestedAt that was handled last."
                  },
                  "firstReadyAt": {
                    "type": "string",
                    "format": "date-time",
                    "description": "When it was Ready for the first time."
                  },
                  "conditions": {
                    "type": "array",
                    "description": "Ready sums up. Reconciling and Stalled are present only while they are True.",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": [
                      "type"
                    ],
                    "items": {
                      "type": "object",
                      "description": "One aspect of the state.",
                      "required": [
                        "type",
                        "status",
                        "lastTransitionTime",
                        "reason",
                        "message"
                      ],
                      "properties": {
                        "type": {
                          "type": "string",
                          "description": "Name of the aspect.",
                          "maxLength": 316
                        },
                        "status": {
                          "type": "string",
                          "description": "Whether it holds.",
                          "enum": [
                            "True",
                            "False",
                            "Unknown"
                          ]
                        },
                        "observedGeneration": {
                          "type": "integer",
                          "format": "int64",
                          "description": "The metadata.generation it speaks of.",
                          "minimum": 0
                        },
                        "lastTransitionTime": {
                          "type": "string",
                          "format": "date-time",
                          "description": "When status last changed."
                        },
                        "reason": {
                          "type": "string",
                          "description": "One CamelCase word for scripts.",
                          "minLength": 1,
                          "maxLength": 1024
                        },
                        "message": {
                          "type": "string",
                          "description": "A sentence for people.",
                          "maxLength": 32768
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    ]
  }
};
