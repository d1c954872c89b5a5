{{/* What the Deployments of functions, relay and admission have in common. */}}

{{/* (list . "component" replicas "account") */}}
{{- define "webapp.deployment" -}}
{{- $ := index . 0 -}}
{{- $component := index . 1 -}}
replicas: {{ index . 2 }}
selector:
  matchLabels:
    {{- include "webapp.selector" (list $ $component) | nindent 4 }}
strategy:
  rollingUpdate: {maxUnavailable: 0}
template:
  metadata:
    labels:
      {{- include "webapp.labels" (list $ $component) | nindent 6 }}
      {{- with $.Values.podLabels }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- with $.Values.podAnnotations }}
    annotations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  spec:
    serviceAccountName: {{ include "webapp.account" (list $ (index . 3)) }}
    securityContext:
      runAsNonRoot: true
      seccompProfile: {type: RuntimeDefault}
    {{- include "webapp.placement" (list $ $component) | nindent 4 }}
{{- end }}

{{/* Where the pods go. */}}
{{- define "webapp.placement" -}}
{{- $ := index . 0 -}}
affinity:
{{- if $.Values.affinity }}
  {{- toYaml $.Values.affinity | nindent 2 }}
{{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: {{ $.Values.podAntiAffinity.weight }}
        podAffinityTerm:
          labelSelector:
            matchLabels:
              {{- include "webapp.selector" . | nindent 14 }}
          topologyKey: {{ $.Values.podAntiAffinity.topologyKey }}
{{- end }}
{{- range $field := list "nodeSelector" "tolerations" "topologySpreadConstraints" "imagePullSecrets" }}
{{- with index $.Values $field }}
{{ $field }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with $.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* How a container that serves HTTP is asked how it is, and how it goes. */}}
{{- define "webapp.serving" -}}
# Callers hear only after a moment that this pod is going; until then it answers them.
lifecycle: {preStop: {sleep: {seconds: 5}}}
livenessProbe:
  httpGet: {path: /healthz, port: http}
# It asks the API server, which gets five seconds.
readinessProbe:
  httpGet: {path: /readyz, port: http}
  timeoutSeconds: 6
{{- end }}

{{/* Keeps pods of a component in drains: (list . "component") */}}
{{- define "webapp.disruptionBudget" -}}
{{- $ := index . 0 -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "webapp.fullname" $ }}-{{ index . 1 }}
  namespace: {{ $.Release.Namespace }}
  labels:
    {{- include "webapp.labels" . | nindent 4 }}
spec:
  minAvailable: {{ $.Values.podDisruptionBudget.minAvailable }}
  selector:
    matchLabels:
      {{- include "webapp.selector" . | nindent 6 }}
{{- end }}
