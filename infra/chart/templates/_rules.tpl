{{/*
What each function may do: no more than its code asks for. With Knative each has a ServiceAccount of its own; plain
containers serve all of them, under one ServiceAccount that is bound to each of these roles.
*/}}

{{/* Visits WebApps: reads them, writes their children and status. */}}
{{- define "webapp.rules.webapps" -}}
# The list is the readiness check's, the patch that of bookkeeping in annotations.
- apiGroups: [example.com]
  resources: [webapps]
  verbs: [get, list, patch]
- apiGroups: [example.com]
  resources: [webapps/status]
  verbs: [patch]
# Some clusters ask for this of whoever writes an owner reference that blocks deletion.
- apiGroups: [example.com]
  resources: [webapps/finalizers]
  verbs: [update]
# A WebApp has these as long as it is there; the garbage collector deletes them with it.
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, create, patch]
- apiGroups: [""]
  resources: [services]
  verbs: [get, create, patch]
# And these while it asks for them.
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, create, patch, delete]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [get, create, patch, delete]
# Whether policies are asked for where there is no bundle.
- apiGroups: [example.com]
  resources: [policybundles, webappsources]
  verbs: [get]
{{ include "webapp.rules.policies" . }}
{{ include "webapp.rules.events" . }}
{{- end }}

{{/* Syncs WebAppSources: writes WebApps, and the bundles of policies. */}}
{{- define "webapp.rules.sources" -}}
- apiGroups: [example.com]
  resources: [webapps]
  verbs: [get, list, create, patch, delete]
- apiGroups: [example.com]
  resources: [webappsources]
  verbs: [get, list, patch]
- apiGroups: [example.com]
  resources: [webappsources/status]
  verbs: [patch]
- apiGroups: [example.com]
  resources: [policybundles]
  verbs: [get, create, patch, delete]
# Whether a WebApp that goes still has children that are to stay.
{{ include "webapp.rules.children" . }}
{{ include "webapp.rules.policies" . }}
# Those that it has applied to the cluster, where it may (see webapp-policy-sync).
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingadmissionpolicies, validatingadmissionpolicybindings]
  verbs: [get]
{{ include "webapp.rules.events" . }}
{{- end }}

{{/* Takes note of pushes on the WebAppSources that follow the branch. */}}
{{- define "webapp.rules.pushes" -}}
- apiGroups: [example.com]
  resources: [webappsources]
  verbs: [get, list, patch]
{{- end }}

{{/* Reviews pull requests, and tells later how they ended. */}}
{{- define "webapp.rules.reviews" -}}
- apiGroups: [example.com]
  resources: [webappsources]
  verbs: [get, list, patch]
- apiGroups: [example.com]
  resources: [webapps]
  verbs: [get, list]
# What the cluster holds beside what Git says.
{{ include "webapp.rules.children" . }}
{{ include "webapp.rules.policies" . }}
{{- end }}

{{/* Finds what is due and hands it out. */}}
{{- define "webapp.rules.tick" -}}
- apiGroups: [example.com]
  resources: [webapps, webappsources]
  verbs: [list]
{{- end }}

{{/* Judges writes for the API server: looks up whose policies rule an object, and those policies. */}}
{{- define "webapp.rules.admission" -}}
# The list is the readiness check's.
- apiGroups: [example.com]
  resources: [webapps]
  verbs: [get, list]
# Whether policies are asked for where there is no bundle.
- apiGroups: [example.com]
  resources: [policybundles, webappsources]
  verbs: [get]
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get]
{{- end }}

{{/* What an event source watches: (list "list" "watch"). */}}
{{- define "webapp.rules.watch" -}}
{{- $verbs := join ", " . -}}
- apiGroups: [example.com]
  resources: [webapps, webappsources]
  verbs: [{{ $verbs }}]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [{{ $verbs }}]
- apiGroups: [""]
  resources: [services]
  verbs: [{{ $verbs }}]
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [{{ $verbs }}]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [{{ $verbs }}]
{{- end }}

{{- define "webapp.rules.children" -}}
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get]
- apiGroups: [""]
  resources: [services]
  verbs: [get]
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [get]
{{- end }}

{{- define "webapp.rules.policies" -}}
# What the cluster's own policies would say is asked before anything is written.
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingadmissionpolicies, validatingadmissionpolicybindings]
  verbs: [list]
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get]
{{- end }}

{{- define "webapp.rules.events" -}}
- apiGroups: [""]
  resources: [events]
  verbs: [get, create, patch]
{{- end }}
