{{/* What a Knative Service runs. */}}

{{/* The pod of a revision: (list . "webapps" scale). */}}
{{- define "webapp.revision" -}}
{{- $ := index . 0 -}}
{{- $function := index . 1 -}}
serviceAccountName: {{ include "webapp.account" (list $ (include "webapp.roleOf" $function)) }}
containerConcurrency: {{ (index . 2).containerConcurrency }}
# Longer than a request may take, so that the function answers and not the proxy before it.
timeoutSeconds: {{ include "webapp.timeoutSeconds" $ }}
{{- with $.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: functions
    {{- include "webapp.imageFields" $ | nindent 4 }}
    args: [functions]
    env:
      {{- include "webapp.env" (list $ (include "webapp.functionsOf" $function)) | nindent 6 }}
      {{- include "webapp.envOf" (list $ $function) | nindent 6 }}
    ports:
      - {containerPort: 8080}
    livenessProbe:
      httpGet: {path: /healthz}
    readinessProbe:
      httpGet: {path: /readyz}
      # Serving takes a timeout only beside a period; without one it probes more often than that while a pod starts.
      periodSeconds: 10
      timeoutSeconds: 5
    resources:
      {{- toYaml $.Values.resources | nindent 6 }}
    securityContext:
      {{- include "webapp.securityContext" $ | nindent 6 }}
    volumeMounts:
      {{- include "webapp.volumeMounts" $ | nindent 6 }}
      {{- if and $.Values.knative.oidc.enabled (eq $function "tick") }}
      - {name: broker-token, mountPath: /var/run/broker-token, readOnly: true}
      {{- end }}
volumes:
  {{- include "webapp.volumes" $ | nindent 2 }}
  {{- if and $.Values.knative.oidc.enabled (eq $function "tick") }}
  - name: broker-token
    projected:
      sources:
        - serviceAccountToken: {path: token, audience: {{ include "webapp.brokerAudience" $ }}, expirationSeconds: 3600}
  {{- end }}
{{- end }}

{{/* Both that look after pull requests have the same rights. */}}
{{- define "webapp.roleOf" -}}
{{- ternary "reviews" . (eq . "review-tick") }}
{{- end }}

{{/* Those that can be reached from outside show no metrics. */}}
{{- define "webapp.functionsOf" -}}
{{- ternary "reviews,tick" . (eq . "review-tick") }}{{ ternary "" ",metrics" (has . (list "pushes" "reviews")) }}
{{- end }}

{{/* The variables of one function alone. */}}
{{- define "webapp.envOf" -}}
{{- $ := index . 0 -}}
{{- $function := index . 1 -}}
- {name: TICK_INTERVAL, value: {{ include "webapp.tickMinutes" . }}m}
{{- if or (has $function (list "pushes" "reviews" "review-tick")) }}
{{ include "webapp.webhookSecret" $ }}
{{- end }}
{{- if eq $function "tick" }}
- {name: EVENT_SINK, value: {{ include "webapp.brokerUrl" $ }}}
{{- end }}
{{- if and $.Values.knative.oidc.enabled (not (has $function (list "pushes" "reviews"))) }}
- {name: EVENT_AUDIENCE, value: {{ $.Values.knative.oidc.audience }}}
- {name: EVENT_SUBJECTS, value: {{ include "webapp.subjectOf" . | quote }}}
{{- if eq $function "tick" }}
- {name: EVENT_SINK_TOKEN_FILE, value: /var/run/broker-token/token}
{{- end }}
{{- end }}
{{- end }}

{{/* Whose tokens a function takes: that of the ServiceAccount that Knative makes for its Trigger or PingSource. */}}
{{- define "webapp.subjectOf" -}}
{{- $ := index . 0 -}}
{{- $function := index . 1 -}}
{{- $kind := ternary "sources.knative.dev-pingsource" "eventing.knative.dev-trigger" (hasSuffix "tick" $function) -}}
system:serviceaccount:{{ $.Release.Namespace }}:{{ include "webapp.fullname" $ }}-{{ $function }}-oidc-{{ $kind }}
{{- end }}

{{/* A forge's answers are counted: what is missed of its pull requests can wait. (list . "tick") */}}
{{- define "webapp.tickMinutes" -}}
{{- ternary "5" (toString (index . 0).Values.settings.tickMinutes) (eq (index . 1) "review-tick") }}
{{- end }}

{{/* The request timeout in whole seconds and five more. */}}
{{- define "webapp.timeoutSeconds" -}}
{{- $timeout := .Values.settings.requestTimeout }}
{{- $number := regexFind "^[0-9]+" $timeout | int }}
{{- if hasSuffix "ms" $timeout }}
{{- add (div $number 1000) 6 }}
{{- else if hasSuffix "m" $timeout }}
{{- add (mul $number 60) 5 }}
{{- else }}
{{- add $number 5 }}
{{- end }}
{{- end }}
