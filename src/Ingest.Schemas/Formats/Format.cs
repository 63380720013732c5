namespace Ingest.Schemas;

/// <summary>Whether a text, in UTF-8 with its JSON escapes resolved, has a format.</summary>
internal delegate bool FormatCheck(ReadOnlySpan<byte> utf8);

/// <summary>The values of <c>format</c> that are checked. Others, <c>idn-hostname</c> among them, never reject.</summary>
internal static class Format
{
    private static readonly Dictionary<string, FormatCheck> s_checks = new(StringComparer.Ordinal)
    {
        ["date"] = DateTimeFormat.IsDate,
        ["time"] = DateTimeFormat.IsTime,
        ["date-time"] = DateTimeFormat.IsDateTime,
        ["duration"] = DurationFormat.IsDuration,
        ["email"] = EmailFormat.IsEmail,
        ["idn-email"] = EmailFormat.IsInternationalEmail,
        ["hostname"] = HostFormat.IsHostname,
        ["ipv4"] = HostFormat.IsIPv4,
        ["ipv6"] = HostFormat.IsIPv6,
        ["uri"] = UriFormat.IsUri,
        ["uri-reference"] = UriFormat.IsUriReference,
        ["iri"] = UriFormat.IsIri,
        ["iri-reference"] = UriFormat.IsIriReference,
        ["uri-template"] = UriTemplateFormat.IsUriTemplate,
        ["uuid"] = UuidFormat.IsUuid,
        ["json-pointer"] = JsonPointerFormat.IsJsonPointer,
        ["relative-json-pointer"] = JsonPointerFormat.IsRelativeJsonPointer,
        ["regex"] = RegexFormat.IsRegex,
    };

    /// <summary>The check of a format, or null where the format is not known.</summary>
    public static FormatCheck? Find(string name) => s_checks.GetValueOrDefault(name);
}
