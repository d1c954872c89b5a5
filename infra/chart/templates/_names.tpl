{{/* Names and labels. */}}

{{- define "webapp.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* Short enough for what Knative puts behind it. */}}
{{- define "webapp.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "webapp.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "webapp.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Name of a ServiceAccount and of its ClusterRole: (list . "webapps"). */}}
{{- define "webapp.account" -}}
{{- printf "%s-%s" (index . 0).Values.serviceAccount.prefix (index . 1) }}
{{- end }}

{{- define "webapp.secretName" -}}
{{- .Values.secret.name | default (include "webapp.fullname" .) }}
{{- end }}

{{/* Name of the Secret with the webhook's certificate. */}}
{{- define "webapp.certificate" -}}
{{- if .Values.webhook.certManager.enabled }}
{{- include "webapp.fullname" . }}-admission
{{- else }}
{{- required "webhook.secretName must name a Secret with tls.crt and tls.key where webhook.certManager.enabled is false" .Values.webhook.secretName }}
{{- end }}
{{- end }}

{{/* Labels of any object: (list . "component"); without a component those of no pod. */}}
{{- define "webapp.labels" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: {{ include "webapp.name" $ }}
app.kubernetes.io/instance: {{ $.Release.Name }}
{{- with index . 1 }}
app.kubernetes.io/component: {{ . }}
{{- end }}
app.kubernetes.io/part-of: webapp-operator
app.kubernetes.io/version: {{ $.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $.Chart.Name $.Chart.Version | replace "+" "_" }}
{{- with $.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels that select the pods of a component: (list . "component"). They never change. */}}
{{- define "webapp.selector" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: {{ include "webapp.name" $ }}
app.kubernetes.io/instance: {{ $.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "webapp.image" -}}
{{- $name := .Values.image.repository }}
{{- if .Values.image.registry }}
{{- $name = printf "%s/%s" .Values.image.registry $name }}
{{- end }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $name .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $name (.Values.image.tag | default .Chart.AppVersion) }}
{{- end }}
{{- end }}
