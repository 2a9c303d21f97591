"""What everything else stands on: settings, time, errors, text and logs. Nothing here knows tickets."""
