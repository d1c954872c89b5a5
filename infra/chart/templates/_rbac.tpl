{{/* ServiceAccounts, roles and what binds them. */}}

{{/* (list . "account") */}}
{{- define "webapp.serviceAccount" -}}
{{- $ := index . 0 -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "webapp.account" . }}
  namespace: {{ $.Release.Namespace }}
  labels:
    {{- include "webapp.labels" (list $ "") | nindent 4 }}
  {{- with $.Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* The ClusterRole of a function, with its rules: (list . "function" rules) */}}
{{- define "webapp.clusterRole" -}}
{{- $ := index . 0 -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ include "webapp.account" . }}
  labels:
    {{- include "webapp.labels" (list $ "") | nindent 4 }}
rules:
  {{- index . 2 | nindent 2 }}
{{- end }}

{{/* Binds the ClusterRole of a function to an account: (list . "function" "account") */}}
{{- define "webapp.clusterRoleBinding" -}}
{{- $ := index . 0 -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ include "webapp.account" . }}
  labels:
    {{- include "webapp.labels" (list $ "") | nindent 4 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ include "webapp.account" . }}}
subjects:
  - {kind: ServiceAccount, name: {{ include "webapp.account" (list $ (index . 2)) }}, namespace: {{ $.Release.Namespace }}}
{{- end }}

{{/* The head of a ClusterRole, whose rules follow: (list . "name") */}}
{{- define "webapp.tenantRole" -}}
{{- $ := index . 0 -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ include "webapp.account" . }}
  labels:
    {{- include "webapp.labels" (list $ "") | nindent 4 }}
rules:
{{- end }}
