using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Ingest.Collector.Tests;

public sealed class JsonTextTests
{
    [Fact]
    public void Escaped_text_is_read_back_by_us_and_by_the_framework()
    {
        Prop.ForAll(Texts().ToArbitrary(), text =>
        {
            var escaped = Escape(text);
            return Unescape(escaped) == text && JsonSerializer.Deserialize<string>($"\"{escaped}\"") == text;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Whatever_the_framework_escapes_is_unescaped()
    {
        Prop.ForAll(Texts().ToArbitrary(), text => Unescape(JsonSerializer.Serialize(text)[1..^1]) == text)
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("a\\udc00b")]
    [InlineData("\\ud83d\\ud83d")]
    [InlineData("\\ud83dx")]
    [InlineData("\\ud83d\\n")]
    public void Half_a_surrogate_pair_is_refused(string contents)
    {
        Assert.False(JsonText.TryUnescape(Encoding.UTF8.GetBytes(contents), new byte[contents.Length], out _));
    }

    [Theory]
    [InlineData("a/b~c", "/a~1b~0c")]
    [InlineData("", "/")]
    public void Pointers_are_escaped(string name, string pointer)
    {
        Assert.Equal(pointer, JsonText.Pointer(Encoding.UTF8.GetBytes(name)));
    }

    private static string Escape(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var escaped = new byte[utf8.Length * JsonText.EscapeFactor];
        return Encoding.UTF8.GetString(escaped, 0, JsonText.Escape(utf8, escaped));
    }

    private static string Unescape(string contents)
    {
        var utf8 = Encoding.UTF8.GetBytes(contents);
        var plain = new byte[utf8.Length];
        Assert.True(JsonText.TryUnescape(utf8, plain, out var written));
        return Encoding.UTF8.GetString(plain, 0, written);
    }

    /// <summary>Texts of all kinds of characters that escaping has to do with.</summary>
    private static Gen<string> Texts() => Gen.OneOf(
            Gen.Choose(0, 0x7f), Gen.Elements('"', '\\', '/', '\b', '\f', '\n', '\r', '\t').Select(c => (int)c),
            Gen.Choose(0x80, 0xd7ff), Gen.Choose(0xe000, 0x10ffff))
        .Select(rune => new Rune(rune).ToString())
        .ListOf()
        .Select(runes => string.Concat(runes));
}
