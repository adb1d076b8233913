{{- define "aap.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "aap.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "aap.ownSelector" -}}
app.kubernetes.io/name: {{ include "aap.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "aap.labels" -}}
{{ include "aap.ownSelector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* The pods the gateway runs in: our own, or Airflow's with the sidecar. */}}
{{- define "aap.podSelector" -}}
{{- if eq .Values.shape "sidecar" -}}
{{- if not .Values.sidecar.podSelector -}}
{{- fail "sidecar.podSelector is empty: name the labels of the pods that hold the container" -}}
{{- end -}}
{{- toYaml .Values.sidecar.podSelector -}}
{{- else -}}
{{- include "aap.ownSelector" . -}}
{{- end -}}
{{- end -}}

{{/* gateway.yaml: the chart's own settings, and what the values lay over them. */}}
{{- define "aap.config" -}}
{{- $own := dict
  "server" (dict
    "listen" "0.0.0.0:8084"
    "adminListen" "0.0.0.0:9084"
    "stateDir" "/var/lib/airflow-auth-proxy"
    "timeouts" (dict "drainDelayMs" 5000))
  "audit" (dict "path" "-") -}}
{{- if .Values.directory -}}
{{- $_ := set $own "roles" (dict "sources" (list (dict "kind" "file" "path" "./directory.yaml"))) -}}
{{- end -}}
{{- if .Values.forwardAuth.enabled -}}
{{- $door := dict "listen" "0.0.0.0:9085" -}}
{{- if .Values.forwardAuth.grpc -}}{{- $_ := set $door "grpcListen" "0.0.0.0:9086" -}}{{- end -}}
{{- if .Values.forwardAuth.peers -}}{{- $_ := set $door "peers" .Values.forwardAuth.peers -}}{{- end -}}
{{- $_ := set $own "forwardAuth" $door -}}
{{- end -}}
{{- $config := mustMergeOverwrite $own (deepCopy .Values.config) -}}
{{- include "aap.check" $config -}}
{{- toYaml $config -}}
{{- end -}}

{{/* What only shows in a cluster. The program checks the rest when it starts. */}}
{{- define "aap.check" -}}
{{- if dig "development" "issuer" false . -}}
{{- fail "config.development.issuer lets anybody be anybody; set config.platform.issuers" -}}
{{- end -}}
{{- if not (dig "server" "publicUrl" "" .) -}}
{{- fail "config.server.publicUrl is missing: the URL people use" -}}
{{- end -}}
{{- range $deployment := .deployments -}}
{{- range $service := list "airflow" "flower" -}}
{{- $identity := dig $service "identity" (dict) $deployment -}}
{{- if and (has $identity.profile (list "airflow3-jwks" "airflow2" "astro-sm")) (not $identity.keyFile) -}}
{{- fail (printf "Deployment %s: %s.identity.keyFile is missing. Without it every replica would make a key of its own; put one into existingSecret and name it as /etc/airflow-auth-proxy/secrets/<key>" $deployment.id $service) -}}
{{- end -}}
{{- range $secret := list "key" "secret" "password" -}}
{{- if hasKey $identity $secret -}}
{{- fail (printf "Deployment %s: %s.identity.%s would stand in a ConfigMap; put it into existingSecret and use %sFile" $deployment.id $service $secret $secret) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .signIn (not (dig "session" "keys" (list) .signIn)) -}}
{{- fail "config.signIn.session.keys is missing: replicas that seal sessions with keys of their own sign people out; name files of existingSecret as keyFile" -}}
{{- end -}}
{{- end -}}
