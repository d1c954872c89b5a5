{{/* What all containers have in common. */}}

{{/* On the container, because Knative takes none on the pod. */}}
{{- define "webapp.securityContext" -}}
runAsNonRoot: true
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "webapp.imageFields" -}}
image: {{ include "webapp.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{/* The settings that every function reads: (list . "FUNCTIONS"). */}}
{{- define "webapp.env" -}}
{{- $ := index . 0 -}}
- {name: FUNCTIONS, value: {{ index . 1 | quote }}}
- {name: GIT_HOSTS, value: {{ $.Values.settings.gitHosts | quote }}}
- {name: REQUEST_TIMEOUT, value: {{ $.Values.settings.requestTimeout }}}
- {name: DRIFT_INTERVAL, value: {{ $.Values.settings.driftInterval }}}
- {name: LOG_LEVEL, value: {{ $.Values.settings.logLevel }}}
{{- with $.Values.settings.defaultServiceAccount }}
- {name: DEFAULT_SERVICE_ACCOUNT, value: {{ . }}}
{{- end }}
{{- with $.Values.settings.pushgatewayUrl }}
- {name: PUSHGATEWAY_URL, value: {{ . | quote }}}
{{- end }}
{{- with $.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "webapp.webhookSecret" -}}
- name: WEBHOOK_SECRET
  valueFrom: {secretKeyRef: {name: {{ include "webapp.secretName" . }}, key: webhookSecret}}
{{- end }}

{{- define "webapp.eventToken" -}}
- name: EVENT_TOKEN
  valueFrom: {secretKeyRef: {name: {{ include "webapp.secretName" . }}, key: eventToken}}
{{- end }}

{{/* Where Node and libraries may write; nothing that matters is kept there. */}}
{{- define "webapp.volumeMounts" -}}
- {name: tmp, mountPath: /tmp}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "webapp.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
