using System.Buffers;
using System.Text.RegularExpressions;

namespace Ingest.Schemas;

/// <content>Regular expressions, which work on UTF-16: the one place where text is decoded.</content>
internal ref partial struct Validation
{
    /// <summary>Characters that are decoded on the stack; longer texts go to a pooled buffer.</summary>
    private const int StackChars = 256;

    /// <summary>Whether a text matches; one that takes too long aborts the run.</summary>
    public bool Matches(SchemaPattern pattern, ReadOnlySpan<byte> utf8, int row, KeywordSite site)
    {
        if (!Spend(row, pattern.StepsFor(utf8.Length)))
            return false;
        return pattern.IsMatchOfBytes(utf8) ?? MatchesDecoded(pattern, utf8, row, site);
    }

    private bool MatchesDecoded(SchemaPattern pattern, ReadOnlySpan<byte> utf8, int row, KeywordSite site)
    {
        // UTF-16 never has more units than UTF-8 has bytes.
        var rented = utf8.Length > StackChars ? ArrayPool<char>.Shared.Rent(utf8.Length) : null;
        var chars = rented ?? stackalloc char[StackChars];
        try
        {
            return pattern.IsMatch(chars[..SchemaPattern.Decode(utf8, chars)]);
        }
        catch (RegexMatchTimeoutException)
        {
            return Abort(
                row,
                site.Location,
                $"matching {pattern} takes more than {_limits.PatternTimeout.TotalMilliseconds} ms: simplify the pattern");
        }
        finally
        {
            if (rented is not null)
                ArrayPool<char>.Shared.Return(rented);
        }
    }
}
