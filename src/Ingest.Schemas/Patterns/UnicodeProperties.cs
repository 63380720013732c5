using System.Collections.Concurrent;
using System.Globalization;

namespace Ingest.Schemas;

/// <summary>The values of <c>\p{…}</c> that are known: the general categories by their long and short names.</summary>
internal static class UnicodeProperties
{
    private const int Max = 0x10FFFF;

    private static readonly Dictionary<string, UnicodeCategory[]> s_categories = CategoriesByName();

    private static readonly ConcurrentDictionary<string, CodePointSet> s_sets = new(StringComparer.Ordinal);

    /// <summary>The code points with a property, or null where the property is not known.</summary>
    public static CodePointSet? Find(string property)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["General_Category=", "gc="])
        {
            if (property.StartsWith(prefix, StringComparison.Ordinal))
                return FindCategory(property[prefix.Length..]);
        }

        return property switch
        {
            "Any" => CodePointSet.Any,
            "ASCII" => CodePointSet.Of((0, 0x7F)),
            "Assigned" => FindCategory("Cn")!.Complement(),
            _ => FindCategory(property),
        };
    }

    private static CodePointSet? FindCategory(string name) =>
        s_categories.TryGetValue(name, out var categories) ? s_sets.GetOrAdd(name, _ => Scan(categories)) : null;

    private static CodePointSet Scan(UnicodeCategory[] categories)
    {
        var ranges = new List<(int First, int Last)>();
        var first = -1;
        for (var codePoint = 0; codePoint <= Max + 1; codePoint++)
        {
            var isIn = codePoint <= Max && categories.Contains(CharUnicodeInfo.GetUnicodeCategory(codePoint));
            if (isIn && first < 0)
                first = codePoint;
            if (!isIn && first >= 0)
            {
                ranges.Add((first, codePoint - 1));
                first = -1;
            }
        }

        return CodePointSet.Of(ranges);
    }

    private static Dictionary<string, UnicodeCategory[]> CategoriesByName()
    {
        (string Short, string Long, UnicodeCategory Category)[] single =
        [
            ("Lu", "Uppercase_Letter", UnicodeCategory.UppercaseLetter),
            ("Ll", "Lowercase_Letter", UnicodeCategory.LowercaseLetter),
            ("Lt", "Titlecase_Letter", UnicodeCategory.TitlecaseLetter),
            ("Lm", "Modifier_Letter", UnicodeCategory.ModifierLetter),
            ("Lo", "Other_Letter", UnicodeCategory.OtherLetter),
            ("Mn", "Nonspacing_Mark", UnicodeCategory.NonSpacingMark),
            ("Mc", "Spacing_Mark", UnicodeCategory.SpacingCombiningMark),
            ("Me", "Enclosing_Mark", UnicodeCategory.EnclosingMark),
            ("Nd", "Decimal_Number", UnicodeCategory.DecimalDigitNumber),
            ("Nl", "Letter_Number", UnicodeCategory.LetterNumber),
            ("No", "Other_Number", UnicodeCategory.OtherNumber),
            ("Zs", "Space_Separator", UnicodeCategory.SpaceSeparator),
            ("Zl", "Line_Separator", UnicodeCategory.LineSeparator),
            ("Zp", "Paragraph_Separator", UnicodeCategory.ParagraphSeparator),
            ("Cc", "Control", UnicodeCategory.Control),
            ("Cf", "Format", UnicodeCategory.Format),
            ("Cs", "Surrogate", UnicodeCategory.Surrogate),
            ("Co", "Private_Use", UnicodeCategory.PrivateUse),
            ("Cn", "Unassigned", UnicodeCategory.OtherNotAssigned),
            ("Pc", "Connector_Punctuation", UnicodeCategory.ConnectorPunctuation),
            ("Pd", "Dash_Punctuation", UnicodeCategory.DashPunctuation),
            ("Ps", "Open_Punctuation", UnicodeCategory.OpenPunctuation),
            ("Pe", "Close_Punctuation", UnicodeCategory.ClosePunctuation),
            ("Pi", "Initial_Punctuation", UnicodeCategory.InitialQuotePunctuation),
            ("Pf", "Final_Punctuation", UnicodeCategory.FinalQuotePunctuation),
            ("Po", "Other_Punctuation", UnicodeCategory.OtherPunctuation),
            ("Sm", "Math_Symbol", UnicodeCategory.MathSymbol),
            ("Sc", "Currency_Symbol", UnicodeCategory.CurrencySymbol),
            ("Sk", "Modifier_Symbol", UnicodeCategory.ModifierSymbol),
            ("So", "Other_Symbol", UnicodeCategory.OtherSymbol),
        ];
        var byName = new Dictionary<string, UnicodeCategory[]>(StringComparer.Ordinal);
        foreach (var (shortName, longName, category) in single)
        {
            byName[shortName] = [category];
            byName[longName] = [category];
        }

        foreach (var (shortName, longName) in (ReadOnlySpan<(string, string)>)
        [
            ("L", "Letter"), ("M", "Mark"), ("N", "Number"), ("Z", "Separator"), ("C", "Other"), ("P", "Punctuation"),
            ("S", "Symbol"),
        ])
        {
            var start = shortName[0];
            byName[shortName] = byName[longName] =
                [.. single.Where(entry => entry.Short[0] == start).Select(entry => entry.Category)];
        }

        byName["LC"] = byName["Cased_Letter"] =
            [UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter, UnicodeCategory.TitlecaseLetter];
        byName["Combining_Mark"] = byName["M"];
        byName["cntrl"] = byName["Cc"];
        byName["digit"] = byName["Nd"];
        byName["punct"] = byName["P"];
        return byName;
    }
}
