using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Ingest.Storage.Tests.Lakes;

public sealed partial class LakeKeyTests
{
    // Mostly characters that keys have, so that many samples are keys and many break one rule only.
    private static readonly Gen<string> Texts =
        Gen.Elements("a", "Z", "0", "_", "-", "=", ".", "..", "/", "/", "\\", " ", "ß", "\0", "~", "good", "json.gz")
            .ListOf()
            .Select(parts => string.Concat(parts));

    [Fact]
    public void A_key_is_valid_exactly_by_the_rule() =>
        Prop.ForAll(Texts.ToArbitrary(), text => LakeKey.IsValid(text) == (Rule().IsMatch(text) && text.Length <= LakeKey.LengthMax))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Every_beginning_of_a_key_is_a_prefix() =>
        Prop.ForAll(
                Texts.Where(t => LakeKey.IsValid(t)).ToArbitrary(),
                key => Enumerable.Range(0, key.Length + 1).All(n => LakeKey.IsValidPrefix(key.AsSpan(0, n))))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_prefix_is_the_beginning_of_some_key() =>
        Prop.ForAll(
                Texts.Where(t => LakeKey.IsValidPrefix(t) && t.Length < LakeKey.LengthMax).ToArbitrary(),
                prefix => LakeKey.IsValid(prefix + "a"))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Lengths_are_bounded()
    {
        var segment = new string('a', LakeKey.SegmentLengthMax);

        Assert.True(LakeKey.IsValid($"{segment}/{segment}"));
        Assert.False(LakeKey.IsValid($"{segment}a"));
        Assert.False(LakeKey.IsValid($"{segment}/{segment}/b"));
    }

    [GeneratedRegex(@"\A(?!(.*/)?\.\.?(/|\z))[A-Za-z0-9_\-.=]{1,255}(/[A-Za-z0-9_\-.=]{1,255})*\z", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Rule();
}
