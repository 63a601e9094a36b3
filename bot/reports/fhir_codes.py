"""LOINC codes and UCUM units of what patients measure. Sources: loinc.org, and FHIR's vital signs profiles (hl7.org/fhir/R4)."""

from __future__ import annotations

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"

MEASURES: dict[str, tuple[str, str]] = {
    "temperature": ("8310-5", "Body temperature"),
    "heart_rate": ("8867-4", "Heart rate"),
    "systolic": ("8480-6", "Systolic blood pressure"),
    "diastolic": ("8462-4", "Diastolic blood pressure"),
    "spo2": ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
    "glucose": ("15074-8", "Glucose [Moles/volume] in Blood"),
    "pain": ("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported"),
    "respiratory_rate": ("9279-1", "Respiratory rate"),
}
"""Kind of measure to code and display; other kinds (durations, counts) are told as text alone."""
VITAL_SIGNS = frozenset({"temperature", "heart_rate", "systolic", "diastolic", "spo2", "respiratory_rate"})
