import { gzipSync } from "node:zlib";
import { readFileSync, existsSync, readdirSync } from "node:fs";
import { build } from "esbuild"; import { minify } from "terser";
const src = readFileSync("build.mjs","utf8");
const PANELS="src/workbench/panels";
const panels={name:"panels",setup({onResolve,onLoad}){onResolve({filter:/^panels:all$/},({path})=>({path,namespace:"panels"}));onLoad({filter:/.*/,namespace:"panels"},()=>{const names=readdirSync(PANELS).filter(n=>existsSync(`${PANELS}/${n}/index.tsx`));return{contents:names.sort().map((n,i)=>`import panel${i} from "./${PANELS}/${n}/index.tsx";`).join("\n")+`export default [${names.map((_,i)=>`panel${i}`)}];`,resolveDir:"."}})}};
const common={bundle:true,format:"esm",inject:["jsx.mjs"],tsconfigRaw:{compilerOptions:{jsx:"react",jsxFactory:"h",jsxFragmentFactory:"Fragment"}},plugins:[panels],write:false,outdir:"build/x",target:["chrome111","firefox115","safari16.4"],legalComments:"none",metafile:true};
const gz=c=>gzipSync(c,{level:9}).length;
const base={passes:3,pure_getters:false,unsafe_arrows:true,keep_fargs:false};
const codes={};
for(const [n,o] of [["full",{minify:true}],["noident",{minifySyntax:true,minifyWhitespace:true}],["none",{}]]){
 const r=await build({...common,entryPoints:{widget:"src/widget.ts"},...o}); codes[n]=r.outputFiles.find(f=>f.path.endsWith(".js")).text;
 if(n=="full"){const out=Object.entries(r.metafile.outputs).find(([k])=>k.endsWith(".js"))[1].inputs; console.log(Object.entries(out).map(([k,v])=>[v.bytesInOutput,k]).sort((a,b)=>b[0]-a[0]).slice(0,45).map(x=>x.join(" ")).join("\n"))}
}
const tries={base:{},p5:{passes:6},inl1:{inline:1},inl0:{inline:false},noreduce:{reduce_funcs:false},noseq:{sequences:false},nocol:{collapse_vars:false},unsafe:{unsafe:true,unsafe_methods:true,unsafe_comps:true,unsafe_undefined:true},hoist:{hoist_funs:true},noif:{if_return:false},cond:{conditionals:false},nocomp:{comparisons:false},ev:{evaluate:false},joinv:{join_vars:false},noswitch:{switches:false},sw200:{sequences:2},ecma:{ecma:2022}};
for(const [n,c] of Object.entries(codes)){console.log(n,gz(c));
 for(const [t,o] of Object.entries(tries)){ try{const {code}=await minify(c,{module:true,ecma:o.ecma||2020,compress:{...base,...o}}); console.log(n,t,gz(code))}catch(e){console.log(t,e.message)} 
 if(n=="full"&&t=="base"){const {code}=await minify(c,{module:true,ecma:2020,compress:base,mangle:false}); console.log("nomangle",gz(code))}}
}
